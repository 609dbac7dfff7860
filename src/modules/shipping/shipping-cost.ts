import type { Tariff } from './shipping.events.js';

/** A line as far as shipping is concerned; `weight` in grams a piece, null for not known. */
export interface ShippedLine {
  readonly unitPrice: bigint;
  readonly quantity: number;
  readonly weight: number | null;
}

/** What is sent. */
export interface Parcel {
  /** Grams. */
  readonly weight: bigint;
  /** What the goods come to before discounts, in minor units: so a coupon never makes shipping dearer. */
  readonly total: bigint;
}

/** A way to send something, and its price in minor units before promotions. */
export interface ShippingOption {
  readonly code: string;
  readonly name: string;
  readonly price: bigint;
  readonly taxCategory: string | null;
}

/** What lines weigh, those of unknown weight nothing, and come to. */
export function parcelOf(lines: readonly ShippedLine[]): Parcel {
  let [weight, total] = [0n, 0n];
  for (const line of lines) {
    weight += BigInt(line.weight ?? 0) * BigInt(line.quantity);
    total += line.unitPrice * BigInt(line.quantity);
  }
  return { weight, total };
}

/** What a method costs for a parcel; undefined where it is beyond the last step of the tariff. */
export function costOf(tariff: Tariff, parcel: Parcel): bigint | undefined {
  const price = listedPrice(tariff, parcel);
  if (price === undefined) return undefined;
  return tariff.freeAbove !== null && parcel.total >= BigInt(tariff.freeAbove) ? 0n : price;
}

function listedPrice({ kind, price, brackets }: Tariff, { weight, total }: Parcel): bigint | undefined {
  if (kind === 'flat') return BigInt(price ?? 0);
  const measure = kind === 'by_weight' ? weight : total;
  const step = brackets?.find(({ upTo }) => upTo === null || measure <= BigInt(upTo));
  return step && BigInt(step.price);
}

/** The ways in which a parcel can be sent, in the order of the tariffs. */
export function optionsFor(tariffs: readonly Tariff[], parcel: Parcel): ShippingOption[] {
  return tariffs.flatMap((tariff) => {
    const price = costOf(tariff, parcel);
    const { code, name, taxCategory } = tariff;
    return price === undefined ? [] : [{ code, name, price, taxCategory }];
  });
}

/** The one that is preferred, if it is among them, or else the first. */
export function preferredOf(options: readonly ShippingOption[], preferred: string | null): ShippingOption | undefined {
  return options.find(({ code }) => code === preferred) ?? options[0];
}
