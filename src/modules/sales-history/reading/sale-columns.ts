import { UnreadableFile } from '../../../platform/files/unreadable-file.js';

/** Columns of a file of sales; a row is a line of a sale, and rows of one number are one sale. */
export const SALE_COLUMNS = [
  'number',
  'sku',
  'name',
  'quantity',
  'unitPrice',
  'placedAt',
  'customer',
  'country',
] as const;
export type SaleColumn = (typeof SALE_COLUMNS)[number];

/** What no row can do without. */
const REQUIRED = ['number', 'sku', 'quantity', 'unitPrice', 'placedAt'] as const satisfies readonly SaleColumn[];

/** Our column to the name that it has in the file; columns that it does not name are left out. */
export type SaleMap = Partial<Readonly<Record<SaleColumn, string>>>;

const isColumn = (text: string): text is SaleColumn => (SALE_COLUMNS as readonly string[]).includes(text);

const badMap = (message: string): UnreadableFile => new UnreadableFile(0, message);

/**
 * Reads a map: JSON, `{ "number": "InvoiceNo", … }`, or as it is written on a command line, `number=InvoiceNo,…`.
 * @throws {UnreadableFile} where it is not one
 */
export function parseSaleMap(text: string): SaleMap {
  const map = text.trimStart().startsWith('{') ? jsonOf(text) : pairsOf(text);
  for (const [ours, theirs] of Object.entries(map)) {
    if (!isColumn(ours)) throw badMap(`"${ours.slice(0, 80)}" in the map is not one of ${SALE_COLUMNS.join(', ')}`);
    if (typeof theirs !== 'string' || theirs === '' || theirs.length > 500) {
      throw badMap(`"${ours}" of the map does not name a column of the file`);
    }
  }
  requireColumns(Object.keys(map), 'The map');
  return map as SaleMap;
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badMap('The map is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badMap('The map is not an object');
  return value as Readonly<Record<string, unknown>>;
}

function pairsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => {
    const [ours = '', ...rest] = pair.split('=');
    return [ours.trim(), rest.join('=').trim()] as const;
  });
  const map = Object.fromEntries(pairs);
  if (Object.keys(map).length < pairs.length) throw badMap('The map names a column twice');
  return map;
}

/** A column of ours and what it is called in the file. */
export interface SaleSource {
  readonly column: SaleColumn;
  readonly theirs: string;
}

export function sourcesOf(map: SaleMap | undefined): SaleSource[] {
  return SALE_COLUMNS.flatMap((column) => {
    const theirs = map === undefined ? column : map[column];
    return theirs === undefined ? [] : [{ column, theirs }];
  });
}

/**
 * Finds our columns in the header of a CSV file.
 * @throws {UnreadableFile} where one is missing, there twice, or not known and not left out by a map
 */
export function placesOf(header: readonly string[], map: SaleMap | undefined): (readonly [SaleColumn, number])[] {
  const names = header.map((name) => name.trim());
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw new UnreadableFile(1, `The column "${repeated}" is there twice`);
  const unknown = map === undefined ? names.find((name) => !isColumn(name)) : undefined;
  if (unknown !== undefined) {
    const known = SALE_COLUMNS.join(', ');
    throw new UnreadableFile(1, `Unknown column "${unknown.slice(0, 80)}". Known are ${known}; name others with a map`);
  }
  const places = sourcesOf(map).flatMap(({ column, theirs }) => {
    const index = names.indexOf(theirs);
    if (index >= 0) return [[column, index] as const];
    if (map === undefined) return [];
    throw new UnreadableFile(1, `The column "${theirs}" of the map is not in the file`);
  });
  requireColumns(
    places.map(([column]) => column),
    'The file',
  );
  return places;
}

function requireColumns(names: readonly string[], who: string): void {
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new UnreadableFile(1, `${who} lacks the column ${missing.join(' and ')}`);
}
