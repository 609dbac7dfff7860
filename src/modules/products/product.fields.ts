import { isCleanText } from '../../platform/fields/text-rules.js';

/** Limits of a product's fields, for requests and imported rows alike. */
export const SKU_MAX = 64;
export const NAME_MAX = 255;
export const DESCRIPTION_MAX = 20_000;
export const IMAGES_MAX = 20;
export const ATTRIBUTES_MAX = 50;
export const STOCK_MAX = 1_000_000_000;
/** Grams. */
export const WEIGHT_MAX = 1_000_000_000;

/** Visible text without white space at its ends: a SKU is compared character by character. */
export const SKU_PATTERN = /^\S(?:.*\S)?$/u;

/** Whether a text can name an image: an http(s) URL, or a path below the shop's own address. */
export function isImage(text: string): boolean {
  if (text.length === 0 || text.length > 2_000 || /[\s<>"\\]/.test(text)) return false;
  if (/^https?:\/\//i.test(text)) return URL.canParse(text);
  return !/^[^/?#]*:/.test(text) && !text.startsWith('//');
}

/** Whether a value is a flat object of texts. */
export function isAttributes(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  const fits = (text: unknown, max: number): boolean => isCleanText(text) && text.length <= max;
  return entries.length <= ATTRIBUTES_MAX && entries.every(([key, text]) => fits(key, 100) && fits(text, 1_000));
}
