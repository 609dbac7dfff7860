/** The category of what has none of its own, and whose rates serve where there are none of another. */
export const STANDARD = 'standard';

/** Most characters of the name of a tax category. */
export const TAX_CATEGORY_MAX = 40;

/** How categories are named: shops choose the names, so that a rate and a product that mean the same have the same. */
export const TAX_CATEGORY = {
  regex: /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/,
  message: `must be 1 to ${TAX_CATEGORY_MAX} lower-case letters and digits, with single - or _ between them`,
};
