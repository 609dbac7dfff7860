import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import { ATTRIBUTES_MAX } from '../product.fields.js';

/**
 * Columns of a catalogue file: the fields of a new product, and what an export needs besides to be read back without
 * loss. `category` is a slug, a name, or a path of names such as `Home > Kitchen`; `categorySlug` the slugs along it.
 * `saleStartsAt` and `saleEndsAt` are the period of `salePrice`, `group` the name of a group that is made where
 * there is none of that `groupId`.
 */
export const IMPORT_COLUMNS = [
  'sku',
  'name',
  'slug',
  'price',
  'currency',
  'salePrice',
  'saleStartsAt',
  'saleEndsAt',
  'stock',
  'lowStockThreshold',
  'weight',
  'taxCategory',
  'active',
  'category',
  'categorySlug',
  'groupId',
  'group',
  'options',
  'description',
  'attributes',
  'images',
] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];

/** What no row can do without. */
export const REQUIRED_COLUMNS = ['sku', 'name', 'price'] as const satisfies readonly ImportColumn[];

/**
 * Our column to the name that it has in the file. Attributes may be gathered from columns of their own: the name of
 * the attribute to that of its column. With a map, columns of the file that it does not name are left out.
 */
export type ColumnMap = Partial<Readonly<Record<Exclude<ImportColumn, 'attributes'>, string>>> & {
  readonly attributes?: string | Readonly<Record<string, string>>;
};

/** Values of one row, by our columns, as the file has them. */
export type RawFields = Partial<Readonly<Record<ImportColumn, unknown>>>;

export function isImportColumn(text: string): text is ImportColumn {
  return (IMPORT_COLUMNS as readonly string[]).includes(text);
}

const badMap = (message: string): UnreadableFile => new UnreadableFile(0, message);

/**
 * Reads a map: JSON, `{ "sku": "StockCode", "attributes": { "style": "Style" } }`, or as it is written on a command
 * line, `sku=StockCode,name=Description`.
 * @throws {UnreadableFile} where it is not one
 */
export function parseColumnMap(text: string): ColumnMap {
  return text.trimStart().startsWith('{') ? columnMapOf(jsonOf(text)) : columnMapOf(pairsOf(text));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badMap('The map is not JSON');
  }
}

function pairsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => {
    const [ours = '', ...rest] = pair.split('=');
    const theirs = rest.join('=').trim();
    if (!isImportColumn(ours.trim()) || theirs === '') {
      throw badMap(`"${pair}" in the map is not one of ${IMPORT_COLUMNS.join(', ')}, "=" and a column`);
    }
    return [ours.trim(), theirs] as const;
  });
  const map: Readonly<Record<string, string>> = Object.fromEntries(pairs);
  if (Object.keys(map).length < pairs.length) throw badMap('The map names a column twice');
  return map;
}

/**
 * Checks a map that was read from JSON.
 * @throws {UnreadableFile} where it is not one
 */
export function columnMapOf(value: unknown): ColumnMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badMap('The map is not an object');
  for (const [ours, theirs] of Object.entries(value)) {
    if (!isImportColumn(ours)) throw badMap(`"${ours}" in the map is not one of ${IMPORT_COLUMNS.join(', ')}`);
    const gathered = ours === 'attributes' && isNameMap(theirs);
    if (!isName(theirs) && !gathered) throw badMap(`"${ours}" of the map does not name a column of the file`);
  }
  requireColumns(Object.keys(value), 'The map');
  return value as ColumnMap;
}

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 500;

function isNameMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= ATTRIBUTES_MAX &&
    entries.every(([name, column]) => name !== '__proto__' && isName(name) && isName(column))
  );
}

/** Where the fields of a row come from: our column, or an attribute, and its name in the file. */
export interface ColumnSource {
  readonly column: ImportColumn;
  readonly attribute?: string;
  readonly theirs: string;
}

/** What a map takes from each row; without a map, the columns are called as ours are. */
export function sourcesOf(map: ColumnMap | undefined): ColumnSource[] {
  if (map === undefined) return IMPORT_COLUMNS.map((column) => ({ column, theirs: column }));
  return Object.entries(map).flatMap(([ours, theirs]) => {
    const column = ours as ImportColumn;
    if (typeof theirs === 'string') return [{ column, theirs }];
    return Object.entries(theirs).map(([attribute, name]) => ({ column, attribute, theirs: name }));
  });
}

/** A column of ours and where a row of a CSV file has it. */
export interface ColumnPlace extends ColumnSource {
  readonly index: number;
}

/**
 * Finds our columns in the header of a CSV file.
 * @throws {UnreadableFile} where one is missing, there twice, or not known and not left out by a map
 */
export function placesOf(header: readonly string[], map: ColumnMap | undefined): ColumnPlace[] {
  const names = header.map((name) => name.trim());
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw new UnreadableFile(1, `The column "${repeated}" is there twice`);
  if (map === undefined) refuseUnknown(names, 1);
  const wanted = sourcesOf(map).filter(({ theirs }) => map !== undefined || names.includes(theirs));
  const places = wanted.map((source) => {
    const index = names.indexOf(source.theirs);
    if (index < 0) throw new UnreadableFile(1, `The column "${source.theirs}" of the map is not in the file`);
    return { ...source, index };
  });
  requireColumns(
    wanted.map(({ column }) => column),
    'The file',
  );
  return places;
}

/** The fields of a row, read from its columns; attributes that say nothing are left out of what is gathered. */
export function gather<S extends ColumnSource>(sources: readonly S[], read: (source: S) => unknown): RawFields {
  const fields: Partial<Record<ImportColumn, unknown>> = {};
  let attributes: Record<string, unknown> | undefined;
  for (const source of sources) {
    const value = read(source);
    if (source.attribute === undefined) fields[source.column] = value;
    else {
      attributes ??= {};
      if (value === undefined || value === null || value === '') continue;
      attributes[source.attribute] = typeof value === 'object' ? value : String(value);
    }
  }
  if (attributes !== undefined) fields.attributes = attributes;
  return fields;
}

/** @throws {UnreadableFile} naming columns that nothing is known of */
export function refuseUnknown(names: readonly string[], line: number): void {
  const unknown = names.filter((name) => !isImportColumn(name));
  if (unknown.length === 0) return;
  const said = unknown.slice(0, 20).map((name) => `"${name.slice(0, 80)}"`);
  const known = IMPORT_COLUMNS.join(', ');
  throw new UnreadableFile(line, `Unknown columns: ${said.join(', ')}. Known are ${known}; name others with a map`);
}

function requireColumns(names: readonly string[], who: string): void {
  const missing = REQUIRED_COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new UnreadableFile(1, `${who} lacks the column ${missing.join(' and ')}`);
}
