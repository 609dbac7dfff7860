import { parseMinor } from '../../../common/money.js';
import { isCleanText } from '../../../platform/fields/text-rules.js';
import {
  DESCRIPTION_MAX,
  IMAGES_MAX,
  isAttributes,
  isImage,
  NAME_MAX,
  SKU_MAX,
  SKU_PATTERN,
  STOCK_MAX,
} from '../product.fields.js';
import type { ImportColumn, RawFields } from './import-columns.js';

/** A product as a row gives it; what is not given keeps what it was. `price` is in minor units. */
export interface ImportedProduct {
  readonly sku: string;
  readonly name: string;
  readonly price: bigint;
  readonly stock?: number | undefined;
  readonly description?: string | undefined;
  /** Name or slug. */
  readonly category?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly images?: readonly string[] | undefined;
}

/** Why a row is refused. */
export interface RowProblem {
  readonly column: ImportColumn | '';
  readonly code: 'missing' | 'invalid' | 'duplicate_sku' | 'archived_sku' | 'malformed';
  readonly reason: string;
}

/** One row: the product, or all that is wrong with it. */
export type ParsedRow =
  | { readonly product: ImportedProduct; readonly problems?: undefined }
  | { readonly problems: readonly RowProblem[] };

class Refused extends Error {
  constructor(readonly problem: RowProblem) {
    super(problem.reason);
  }
}

const invalid = (column: ImportColumn, reason: string): Refused => new Refused({ column, code: 'invalid', reason });

/** Whether a value says nothing: an empty cell, null or nothing at all. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

function text(column: ImportColumn, value: unknown, max: number): string {
  const trimmed = typeof value === 'number' ? String(value) : value;
  if (!isCleanText(trimmed)) throw invalid(column, 'must be a text without control characters');
  const result = trimmed.trim();
  if (result.length > max) throw invalid(column, `must have at most ${max} characters`);
  return result;
}

function sku(value: unknown): string {
  const result = text('sku', value, SKU_MAX);
  if (!SKU_PATTERN.test(result)) throw invalid('sku', 'must be one line');
  return result;
}

function price(value: unknown, currency: string): bigint {
  const amount = typeof value === 'string' ? value.trim() : value;
  const minor = typeof amount === 'string' || typeof amount === 'number' ? parseMinor(amount, currency) : undefined;
  if (minor === undefined) throw invalid('price', `must be an amount of ${currency}, not ${show(value)}`);
  return minor;
}

function stock(value: unknown): number {
  const level = typeof value === 'string' && /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : value;
  if (typeof level !== 'number' || !Number.isInteger(level) || level < 0 || level > STOCK_MAX) {
    throw invalid('stock', `must be an integer from 0 to ${STOCK_MAX}, not ${show(value)}`);
  }
  return level;
}

function attributes(value: unknown): Readonly<Record<string, string>> {
  let object = value;
  try {
    if (typeof value === 'string') object = JSON.parse(value);
  } catch {
    throw invalid('attributes', 'must be JSON');
  }
  if (!isAttributes(object)) throw invalid('attributes', 'must be an object of texts');
  return object;
}

function images(value: unknown): string[] {
  const list: unknown[] =
    typeof value === 'string' ? value.split(/[\s|]+/).filter((part) => part !== '') : [value].flat();
  if (list.length > IMAGES_MAX) throw invalid('images', `must be at most ${IMAGES_MAX}`);
  return list.map((image) => {
    if (!isCleanText(image) || !isImage(image))
      throw invalid('images', `must be http(s) URLs or paths, not ${show(image)}`);
    return image;
  });
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

/** Reads a row. An empty cell of a column that is not required counts as not given. */
export function parseRow(fields: RawFields, currency: string): ParsedRow {
  const problems: RowProblem[] = [];
  const read = <T>(column: ImportColumn, parse: (value: unknown) => T, required = false): T | undefined => {
    const value = fields[column];
    try {
      if (!isEmpty(value)) return parse(value);
      if (required) throw new Refused({ column, code: 'missing', reason: 'is missing' });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push(error.problem);
    }
    return undefined;
  };
  const required = {
    sku: read('sku', sku, true),
    name: read('name', (value) => text('name', value, NAME_MAX), true),
    price: read('price', (value) => price(value, currency), true),
  };
  const optional = {
    stock: read('stock', stock),
    description: read('description', (value) => text('description', value, DESCRIPTION_MAX)),
    category: read('category', (value) => text('category', value, 120)),
    attributes: read('attributes', attributes),
    images: read('images', images),
  };
  const { sku: code, name, price: amount } = required;
  if (problems.length > 0 || code === undefined || name === undefined || amount === undefined) return { problems };
  return { product: { sku: code, name, price: amount, ...optional } };
}
