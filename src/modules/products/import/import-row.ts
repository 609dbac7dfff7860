import { isUuid } from '../../../common/ids.js';
import { parseMinor } from '../../../common/money.js';
import { isDateTime } from '../../../platform/fields/fields.js';
import { isCleanText } from '../../../platform/fields/text-rules.js';
import { TAX_CATEGORY, TAX_CATEGORY_MAX } from '../../taxes/taxes.events.js';
import type { Options } from '../groups/variant-rules.js';
import type { SalePrice } from '../prices/sale-price.js';
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
import { canBeSlug, isSlug } from '../slug.js';
import { type CategoryReference, parsePath } from './category-path.js';
import type { ImportColumn, RawFields } from './import-columns.js';

/** Longest path of categories. */
const PATH_MAX = 2_500;

/** A product as a row gives it; what is not given keeps what it was. `price` is in minor units. */
export interface ReadyRow {
  /** Where the row stands in its file. */
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly price: bigint;
  readonly stock?: number | undefined;
  readonly description?: string | undefined;
  readonly category?: CategoryReference | undefined;
  /** Only for a product that is new: a slug never changes. */
  readonly slug?: string | undefined;
  readonly active?: boolean | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly images?: readonly string[] | undefined;
  /** Its price is below the regular one. */
  readonly sale?: SalePrice | undefined;
  readonly groupId?: string | undefined;
  /** What the group is called if it has to be made. */
  readonly group?: string | undefined;
  readonly options?: Options | undefined;
  readonly lowStockThreshold?: number | undefined;
  /** Grams. */
  readonly weight?: number | undefined;
  readonly taxCategory?: string | undefined;
}

/** Why a row is refused. */
export interface RowProblem {
  readonly column: ImportColumn | '';
  readonly code:
    | 'missing'
    | 'invalid'
    | 'duplicate_sku'
    | 'archived_sku'
    | 'slug_taken'
    | 'slug_fixed'
    | 'variant_taken'
    | 'malformed';
  readonly reason: string;
}

/** One row: the product, or all that is wrong with it. */
export type ParsedRow =
  | { readonly product: ReadyRow; readonly problems?: undefined }
  | { readonly problems: readonly [RowProblem, ...RowProblem[]] };

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

function price(column: 'price' | 'salePrice', value: unknown, currency: string): bigint {
  const amount = typeof value === 'string' ? value.trim() : value;
  const minor = typeof amount === 'string' || typeof amount === 'number' ? parseMinor(amount, currency) : undefined;
  if (minor === undefined) throw invalid(column, `must be an amount of ${currency}, not ${show(value)}`);
  return minor;
}

function units(column: 'stock' | 'lowStockThreshold' | 'weight', value: unknown): number {
  const level = typeof value === 'string' && /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : value;
  if (typeof level !== 'number' || !Number.isInteger(level) || level < 0 || level > STOCK_MAX) {
    throw invalid(column, `must be an integer from 0 to ${STOCK_MAX}, not ${show(value)}`);
  }
  return level;
}

function taxCategory(value: unknown): string {
  const given = text('taxCategory', value, TAX_CATEGORY_MAX);
  if (!TAX_CATEGORY.regex.test(given)) throw invalid('taxCategory', TAX_CATEGORY.message);
  return given;
}

function parsedOf(column: ImportColumn, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw invalid(column, 'must be JSON');
  }
}

function texts(column: 'attributes' | 'options', value: unknown): Readonly<Record<string, string>> {
  const object = parsedOf(column, value);
  if (!isAttributes(object)) throw invalid(column, 'must be an object of texts');
  return object;
}

/** No options at all is what products outside of groups have. */
function options(value: unknown): Options | undefined {
  const given = texts('options', value);
  return Object.keys(given).length === 0 ? undefined : given;
}

function groupId(value: unknown): string {
  const id = typeof value === 'string' ? value.trim() : '';
  if (!isUuid(id)) throw invalid('groupId', 'must be the id of a group of products');
  return id.toLowerCase();
}

function moment(column: 'saleStartsAt' | 'saleEndsAt' | 'salePrice', value: unknown): Date {
  const text = typeof value === 'string' ? value.trim() : value;
  if (!isDateTime(text)) throw invalid(column, 'must be a date-time such as 2026-01-31T00:00:00Z');
  return new Date(text);
}

/** An amount, or `{ price, from, to }` as the API has it. */
function salePrice(value: unknown, currency: string): SalePrice {
  const given = typeof value === 'string' && value.trimStart().startsWith('{') ? parsedOf('salePrice', value) : value;
  if (typeof given !== 'object' || given === null) {
    return { price: price('salePrice', given, currency), from: null, to: null };
  }
  const { price: amount, from, to, ...others } = given as Readonly<Record<string, unknown>>;
  if (Object.keys(others).length > 0) throw invalid('salePrice', 'must have nothing but price, from and to');
  const time = (text: unknown): Date | null => (isEmpty(text) ? null : moment('salePrice', text));
  return { price: price('salePrice', amount, currency), from: time(from), to: time(to) };
}

/** White space at its ends belongs to a description, as it does over the API. */
function description(value: unknown): string {
  const given = typeof value === 'number' ? String(value) : value;
  if (!isCleanText(given)) throw invalid('description', 'must be a text without control characters');
  if (given.length > DESCRIPTION_MAX) throw invalid('description', `must have at most ${DESCRIPTION_MAX} characters`);
  return given;
}

function slug(value: unknown): string {
  if (typeof value !== 'string' || !canBeSlug(value.trim()))
    throw invalid('slug', 'must be letters, digits and hyphens');
  return value.trim();
}

function currency(value: unknown, ours: string): string {
  if (typeof value === 'string' && value.trim() === ours) return ours;
  throw invalid('currency', `must be ${ours}, in which the shop sells, not ${show(value)}`);
}

const WORDS: Readonly<Record<string, boolean>> = { true: true, yes: true, 1: true, false: false, no: false, 0: false };

function active(value: unknown): boolean {
  const word = WORDS[String(value).trim().toLowerCase()];
  if (word === undefined) throw invalid('active', `must be true or false, not ${show(value)}`);
  return word;
}

function categoryNames(value: unknown): readonly string[] {
  const names = parsePath(text('category', value, PATH_MAX));
  if (names === undefined) throw invalid('category', 'must be a name of at most 120 characters, or such names and ">"');
  return names;
}

function categorySlugs(value: unknown): readonly string[] {
  const slugs = text('categorySlug', value, PATH_MAX).split('/');
  if (!slugs.every(isSlug)) throw invalid('categorySlug', 'must be slugs and "/"');
  return slugs;
}

function images(value: unknown): string[] {
  const list = imageList(value);
  if (list.length > IMAGES_MAX) throw invalid('images', `must be at most ${IMAGES_MAX}`);
  return list.map((image) => {
    if (!isCleanText(image) || !isImage(image))
      throw invalid('images', `must be http(s) URLs or paths, not ${show(image)}`);
    return image;
  });
}

function imageList(value: unknown): unknown[] {
  if (typeof value !== 'string') return [value].flat();
  if (!value.trimStart().startsWith('[')) return value.split(/[\s|]+/).filter((part) => part !== '');
  try {
    return JSON.parse(value);
  } catch {
    throw invalid('images', 'must be a JSON array where it starts like one');
  }
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

/** Reads one column of a row after another, and keeps what is wrong with them. */
class RowReader {
  readonly problems: RowProblem[] = [];

  constructor(private readonly fields: RawFields) {}

  read<T>(column: ImportColumn, parse: (value: unknown) => T, required = false): T | undefined {
    const value = this.fields[column];
    if (column === 'description' ? value === undefined || value === null || value === '' : isEmpty(value)) {
      if (required) this.problems.push({ column, code: 'missing', reason: 'is missing' });
      return undefined;
    }
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.problems.push(error.problem);
      return undefined;
    }
  }

  /** A price for a time, as a whole; without one the row says nothing of it. */
  sale(currency: string, regular: bigint | undefined): SalePrice | undefined {
    const given = this.read('salePrice', (value) => salePrice(value, currency));
    const starts = this.read('saleStartsAt', (value) => moment('saleStartsAt', value));
    const ends = this.read('saleEndsAt', (value) => moment('saleEndsAt', value));
    if (given === undefined) {
      if (isEmpty(this.fields.salePrice)) this.refuseTimes(starts, ends);
      return undefined;
    }
    const sale = { price: given.price, from: starts ?? given.from, to: ends ?? given.to };
    if (regular !== undefined && sale.price >= regular) this.refuse('salePrice', 'must be below the price');
    if (sale.from !== null && sale.to !== null && sale.from >= sale.to) {
      this.refuse(ends === undefined ? 'salePrice' : 'saleEndsAt', 'must end after it starts');
    }
    return sale;
  }

  group(): string | undefined {
    const name = this.read('group', (value) => text('group', value, NAME_MAX));
    if (name !== undefined && isEmpty(this.fields.groupId)) this.refuse('group', 'has no groupId beside it');
    return name;
  }

  private refuseTimes(starts: Date | undefined, ends: Date | undefined): void {
    if (starts !== undefined) this.refuse('saleStartsAt', 'has no salePrice beside it');
    if (ends !== undefined) this.refuse('saleEndsAt', 'has no salePrice beside it');
  }

  private refuse(column: ImportColumn, reason: string): void {
    this.problems.push({ column, code: 'invalid', reason });
  }

  category(): CategoryReference | undefined {
    const { category, categorySlug } = this.fields;
    const known = typeof category === 'string' ? READ_PATHS.get(memoKey(category, categorySlug)) : undefined;
    if (known !== undefined) return known;
    const names = this.read('category', categoryNames);
    const slugs = this.read('categorySlug', categorySlugs);
    if (slugs !== undefined && slugs.length !== names?.length) {
      this.refuse('categorySlug', 'must have as many parts as the category beside it');
    }
    if (names === undefined) return undefined;
    const reference = { names, slugs };
    if (typeof category === 'string' && this.problems.length === 0)
      remember(memoKey(category, categorySlug), reference);
    return reference;
  }
}

/** What paths were read as: a file has many products for each category. */
const READ_PATHS = new Map<string, CategoryReference>();
const MOST_PATHS = 2_000;

const memoKey = (category: string, slugs: unknown): string => `${String(slugs ?? '')}\n${category}`;

function remember(key: string, reference: CategoryReference): void {
  if (READ_PATHS.size >= MOST_PATHS) READ_PATHS.clear();
  READ_PATHS.set(key, reference);
}

/** Reads a row. An empty cell of a column that is not required counts as not given. */
export function parseRow(fields: RawFields, storeCurrency: string, line: number): ParsedRow {
  const row = new RowReader(fields);
  const code = row.read('sku', sku, true);
  const name = row.read('name', (value) => text('name', value, NAME_MAX), true);
  const amount = row.read('price', (value) => price('price', value, storeCurrency), true);
  row.read('currency', (value) => currency(value, storeCurrency));
  // What is required and missing is a problem, and then the product is nobody's.
  const product = {
    line,
    sku: code ?? '',
    name: name ?? '',
    price: amount ?? 0n,
    stock: row.read('stock', (value) => units('stock', value)),
    description: row.read('description', description),
    category: row.category(),
    attributes: row.read('attributes', (value) => texts('attributes', value)),
    images: row.read('images', images),
    slug: row.read('slug', slug),
    active: row.read('active', active),
    sale: row.sale(storeCurrency, amount),
    groupId: row.read('groupId', groupId),
    group: row.group(),
    options: row.read('options', options),
    lowStockThreshold: row.read('lowStockThreshold', (value) => units('lowStockThreshold', value)),
    weight: row.read('weight', (value) => units('weight', value)),
    taxCategory: row.read('taxCategory', taxCategory),
  };
  const [first, ...others] = row.problems;
  return first === undefined ? { product } : { problems: [first, ...others] };
}
