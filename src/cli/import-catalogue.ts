import { parseArgs } from 'node:util';
import { CatalogueImportService } from '../modules/products/import/catalogue-import.service.js';
import { parseColumnMap } from '../modules/products/import/import-columns.js';
import type { ImportReport, RefusedRow } from '../modules/products/import/import-report.js';
import { UnreadableFile } from '../platform/files/unreadable-file.js';
import { checkFile, formatOf, readFile, readMap } from './catalogue-file.js';
import { withApplication } from './context.js';

const USAGE = `Usage: import-catalogue FILE [--dry-run] [--map MAP]

Imports products from FILE: .csv or .ndjson (.jsonl), with .gz for gzip. Columns: sku, name, price and, as you like,
slug, currency, stock, active, category (name, slug, or a path such as Home > Kitchen), categorySlug, description,
attributes (JSON), images (JSON, or separated by spaces or |), salePrice, saleStartsAt, saleEndsAt, groupId, group (its
name, if it is to be made), options (JSON), lowStockThreshold, weight (grams), taxCategory. Products are found by their SKU, so
the same file can be imported again.

MAP names our columns' columns in the file; those that it does not name are left out. It is a JSON file, JSON, or pairs:
  { "sku": "id", "name": "title", "price": "cost", "attributes": { "colour": "hue" } }
  sku=id,name=title,price=cost

Exit code: 0 all rows are in, 1 some were refused, 2 the file could not be read to its end.
`;

/** Exit codes of the command. */
const REFUSED = 1;
const UNREADABLE = 2;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const complain = (text: string): boolean => process.stderr.write(`${text}\n`);

function tellRefused({ line, column, code, reason }: RefusedRow): void {
  complain(`line ${line}${column === '' ? '' : `, ${column}`}: ${reason} (${code})`);
}

function tell(path: string, report: ImportReport, dryRun: boolean): void {
  const { processed, created, updated, unchanged, refused, categories, broken } = report;
  const counts = `${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused`;
  say(`${dryRun ? 'Dry run, nothing is kept: ' : ''}${processed} rows: ${counts}; ${categories} categories made.`);
  if (refused > 0) process.exitCode = REFUSED;
  if (broken === undefined) return;
  complain(`${path}, line ${broken.line}: ${broken.message}.`);
  if (processed > refused && !dryRun) {
    complain('The good rows before that are in. Import the mended file whole: what is in already does not change.');
  }
  process.exitCode = UNREADABLE;
}

async function importFile(path: string, dryRun: boolean, map: string | undefined): Promise<void> {
  const { format, compressed } = formatOf(path);
  const columns = map === undefined ? undefined : parseColumnMap(await readMap(map));
  await checkFile(path);
  await withApplication(async (app) => {
    const catalogue = app.get(CatalogueImportService);
    const options = { format, map: columns, dryRun, onRefused: tellRefused };
    tell(path, await catalogue.run(readFile(path, compressed), options), dryRun);
  });
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, map: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [path, ...more] = positionals;
  if (values.help) say(USAGE);
  else if (path === undefined || more.length > 0)
    throw new UnreadableFile(0, `One file is needed.\n\n${USAGE.trimEnd()}`);
  else await importFile(path, values['dry-run'], values.map);
} catch (error) {
  complain(`tradepost: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = UNREADABLE;
}
