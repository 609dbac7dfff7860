/** The category of what has none of its own, and whose rates serve where there are none of another. */
export const STANDARD = 'standard';

/** Most characters of the name of a tax category. */
export const TAX_CATEGORY_MAX = 40;

/** How categories are named: shops choose the names, so that a rate and a product that mean the same have the same. */
export const TAX_CATEGORY = {
  regex: /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/,
  message: `must be 1 to ${TAX_CATEGORY_MAX} lower-case letters and digits, with single - or _ between them`,
};

/** What was priced with taxes carries this tag in the cache. */
export const TAXES_TAG = 'tax_rates';

/** Whether anything may be taxed, for the statements that read a cart: shops without rates need not ask for more. */
export const TAXES = 'EXISTS (SELECT FROM tax_rates)';

/** A rate of a country, as {@link ratesIn} reads it. */
export interface RateIn {
  /** As regions are compared; empty for the whole country. */
  readonly region: string;
  readonly category: string;
  /** In millionths. */
  readonly rate: number;
}

/**
 * A column: the rates of a country as JSON; null where it has none.
 * @param country an expression
 */
export function ratesIn(country: string): string {
  return `(SELECT json_agg(json_build_object('region', r.region_key, 'category', r.category, 'rate', r.rate))
    FROM tax_rates r WHERE r.country = ${country})`;
}
