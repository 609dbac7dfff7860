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
export interface Destination extends ShippingOffer, DeliveryCharges {
  readonly region: string | null;
}

/** What delivery to a country costs and is taxed: what `delivery_charges` of the database answers. */
export interface DeliveryCharges {
  /** Those that serve it; null where the shop has no shipping methods. */
  readonly tariffs: readonly Tariff[] | null;
  /** Rates of tax; null where the country has none. */
  readonly rates: readonly RateIn[] | null;
}

/**
 * A column for the statements that price carts and sales: whether shipping or tax may be charged. Shops with neither shipping
 * methods nor tax rates need not ask for more.
 */
export const CHARGED = '(EXISTS (SELECT FROM shipping_methods WHERE active) OR EXISTS (SELECT FROM tax_rates))';

/**
 * A column: {@link DeliveryCharges}.
 * @param country an expression; of a country that is not known, the tariffs are those that go everywhere
 */
export const chargesTo = (country: string): string => `delivery_charges(${country})`;
