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

/** A rate of a country, as statements that price something read it. */
export interface RateIn {
  /** As regions are compared; empty for the whole country. */
  readonly region: string;
  readonly category: string;
  /** In millionths. */
  readonly rate: number;
}
