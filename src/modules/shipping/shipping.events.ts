import type { RateIn } from '../taxes/taxes.events.js';

/** What was priced with shipping carries this tag in the cache. */
export const SHIPPING_TAG = 'shipping_methods';

export const SHIPPING_KINDS = ['flat', 'by_weight', 'by_total'] as const;
export type ShippingKind = (typeof SHIPPING_KINDS)[number];

/** A step of a tariff as its table has it, in digits, since JSON has no bigint: grams or minor units, and minor units. */
export interface KeptBracket {
  /** Including; null for without end. */
  readonly upTo: string | null;
  readonly price: string;
}

/** What a method costs, as a statement reads it; amounts are digits of minor units. */
export interface Tariff {
  readonly code: string;
  readonly name: string;
  readonly kind: ShippingKind;
  readonly price: string | null;
  readonly brackets: readonly KeptBracket[] | null;
  readonly freeAbove: string | null;
  readonly taxCategory: string | null;
}

/** What shipping can cost to somewhere. */
export interface ShippingOffer {
  /** ISO 3166-1; null where nothing says where it would go. */
  readonly country: string | null;
  /** Those that serve it; null where the shop has no shipping methods. */
  readonly tariffs: readonly Tariff[] | null;
  /** The code of the method that the customer has chosen for good. */
  readonly preferred: string | null;
}

/** What shipping can cost to somewhere, and what is taxed there. */
export interface Destination extends ShippingOffer {
  readonly region: string | null;
  /** Rates of tax; null where the country has none. */
  readonly rates: readonly RateIn[] | null;
}

/**
 * A column for the statements that read a cart: whether shipping may cost something. Shops without shipping methods need
 * not ask for more.
 */
export const SHIPS = 'EXISTS (SELECT FROM shipping_methods WHERE active)';

/**
 * A column: the tariffs that serve a country, as JSON and in their order; null where the shop has none at all.
 * @param country an expression; null for a country that is not known, which only those that go everywhere serve
 */
export function tariffsTo(country: string): string {
  return `(SELECT CASE WHEN count(*) > 0 THEN coalesce(json_agg(json_build_object('code', m.code, 'name', m.name,
      'kind', m.kind, 'price', m.price::text, 'brackets', m.brackets, 'freeAbove', m.free_above::text,
      'taxCategory', m.tax_category) ORDER BY m.sort_order, m.code)
      FILTER (WHERE m.countries IS NULL OR ${country} = ANY (m.countries)), '[]') END
    FROM shipping_methods m WHERE m.active)`;
}
