import { InvalidInput } from '../../common/domain-error.js';
import { formatPercent, parsePercent } from '../../common/percent.js';
import type { CreateTaxRate, TaxRateResponse, UpdateTaxRate } from './dto/tax-rate.dto.js';
import { STANDARD } from './taxes.events.js';

/** A rate as its table has it, in millionths. */
export interface TaxRateRow {
  readonly id: string;
  readonly country: string;
  readonly region: string | null;
  readonly category: string;
  readonly rate: number;
  readonly name: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What staff decide about a rate. */
export type RateTerms = Pick<TaxRateRow, 'country' | 'region' | 'category' | 'rate' | 'name'>;

/** @throws {InvalidInput} naming the rate */
export function newRate({ country, region, category, rate, name }: CreateTaxRate): RateTerms {
  const terms = { country, region: region ?? null, category: category ?? STANDARD, rate: readRate(rate) };
  return { ...terms, name: name ?? 'Tax' };
}

/** @throws {InvalidInput} naming the rate */
export function changedRate(before: RateTerms, input: UpdateTaxRate): RateTerms {
  return {
    country: input.country ?? before.country,
    region: input.region === undefined ? before.region : input.region,
    category: input.category ?? before.category,
    rate: input.rate === undefined ? before.rate : readRate(input.rate),
    name: input.name ?? before.name,
  };
}

function readRate(given: string | number): number {
  const rate = parsePercent(given);
  if (rate !== undefined) return rate;
  throw InvalidInput.field('rate', 'must be per cent from 0 to 100, with at most 4 decimal digits');
}

export function toTaxRate(row: TaxRateRow): TaxRateResponse {
  return {
    id: row.id,
    country: row.country,
    region: row.region,
    category: row.category,
    rate: formatPercent(row.rate),
    name: row.name,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
