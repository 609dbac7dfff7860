import { type RateIn, STANDARD } from './taxes.events.js';

/** A region as it is compared: case, white space and compatible forms of characters do not matter. */
export function regionKey(region: string | null): string {
  return (region ?? '').normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/**
 * The rate of a category somewhere, in millionths: that of the region before that of its country, and where neither has one
 * for the category, the standard one of the region or the country. Where a country has no rate at all, nothing is taxed.
 */
export function rateOf(rates: readonly RateIn[] | null, region: string | null, category: string | null): bigint {
  const here = regionKey(region);
  for (const wanted of new Set([category ?? STANDARD, STANDARD])) {
    for (const place of new Set([here, ''])) {
      const found = rates?.find((rate) => rate.category === wanted && rate.region === place);
      if (found !== undefined) return BigInt(found.rate);
    }
  }
  return 0n;
}
