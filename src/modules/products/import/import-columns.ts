/** Columns of an imported catalogue: the fields of a new product. */
export const IMPORT_COLUMNS = [
  'sku',
  'name',
  'price',
  'stock',
  'description',
  'category',
  'attributes',
  'images',
] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];

/** What no row can do without. */
export const REQUIRED_COLUMNS = ['sku', 'name', 'price'] as const satisfies readonly ImportColumn[];

/** Our column to the name that it has in the file. With a map, columns of the file that it does not name are left out. */
export type ColumnMap = Partial<Readonly<Record<ImportColumn, string>>>;

/** Values of one row, by our columns, as the file has them. */
export type RawFields = Partial<Readonly<Record<ImportColumn, unknown>>>;

/** A file, or the map for it, that cannot be imported, and the line where that showed; 0 before the first. */
export class UnreadableFile extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

export function isImportColumn(text: string): text is ImportColumn {
  return (IMPORT_COLUMNS as readonly string[]).includes(text);
}

/**
 * Reads a map as it is written on a command line, `sku=StockCode,name=Description`.
 * @throws {UnreadableFile} where it is not one
 */
export function parseColumnMap(text: string): ColumnMap {
  const pairs = text.split(',').map((pair) => {
    const [ours = '', ...rest] = pair.split('=');
    const theirs = rest.join('=').trim();
    if (!isImportColumn(ours.trim()) || theirs === '') {
      throw new UnreadableFile(0, `"${pair}" in the map is not one of ${IMPORT_COLUMNS.join(', ')}, "=" and a column`);
    }
    return [ours.trim(), theirs] as const;
  });
  const map: ColumnMap = Object.fromEntries(pairs);
  if (Object.keys(map).length < pairs.length) throw new UnreadableFile(0, 'The map names a column twice');
  requireColumns(Object.keys(map), 'The map');
  return map;
}

/** A column of ours and where a row of the file has it. */
export interface ColumnPlace {
  readonly column: ImportColumn;
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
  const wanted = map ?? Object.fromEntries(names.filter(isImportColumn).map((name) => [name, name]));
  const places = Object.entries(wanted).map(([ours, theirs]) => {
    const index = names.indexOf(theirs);
    if (index < 0) throw new UnreadableFile(1, `The column "${theirs}" of the map is not in the file`);
    return { column: ours as ImportColumn, index };
  });
  requireColumns(Object.keys(wanted), 'The file');
  return places;
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
