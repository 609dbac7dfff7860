import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ImportReport, RefusedRow } from '../modules/products/import/import-report.js';
import { FileImportService } from '../modules/sales-history/file-import.service.js';
import { parseSaleMap } from '../modules/sales-history/reading/sale-columns.js';
import { UnreadableFile } from '../platform/files/unreadable-file.js';
import { checkFile, formatOf, readFile, readMap } from './catalogue-file.js';
import { withApplication } from './context.js';

const USAGE = `Usage: import-sales FILE [--dry-run] [--move-stock] [--map MAP]

Imports sales of another system from FILE: .csv or .ndjson (.jsonl), with .gz for gzip. A row is a line of a sale, rows of
one number are one sale. Columns: number, sku, quantity, unitPrice, placedAt (RFC 3339, or 2011-03-31 14:05:00 in UTC)
and, as you like, name, customer (a number or an email address), country. A number that begins with C and a digit is a
cancellation, whose quantities are negative. Nothing is invoiced, and no stock moves unless --move-stock asks for it: then
each sale takes what it sold from the stock now, or is refused with all its rows where a product has not enough. Killed
at any moment and started again, it goes on where it was; a sale that is in already is not changed.

MAP names our columns' columns in the file; those that it does not name are left out. It is a JSON file, JSON, or pairs:
  { "number": "InvoiceNo", "sku": "StockCode", "quantity": "Quantity", "unitPrice": "UnitPrice", "placedAt": "InvoiceDate" }

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

function tell(path: string, report: ImportReport, dryRun: boolean, seconds: number): void {
  const { processed, created, unchanged, refused, broken } = report;
  const counts = `${created} brought in, ${unchanged} unchanged, ${refused} refused`;
  const rate = seconds > 0 ? Math.round(processed / seconds) : processed;
  say(`${dryRun ? 'Dry run, nothing is kept: ' : ''}${processed} rows: ${counts}; ${rate} rows a second.`);
  if (refused > 0) process.exitCode = REFUSED;
  if (broken === undefined) return;
  complain(`${path}, line ${broken.line}: ${broken.message}.`);
  process.exitCode = UNREADABLE;
}

/** Of the file as it lies there, and of how it is read. */
async function digestOf(path: string, how: object): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.update(JSON.stringify(how)).digest();
}

interface Asked {
  readonly dryRun: boolean;
  readonly moveStock: boolean;
  readonly map: string | undefined;
}

async function importFile(path: string, { dryRun, moveStock, map: given }: Asked): Promise<void> {
  const { format, compressed } = formatOf(path);
  const map = given === undefined ? undefined : parseSaleMap(await readMap(given));
  await checkFile(path);
  const digest = await digestOf(path, { format, map, ...(moveStock ? { moveStock } : {}) });
  await withApplication(async (app) => {
    const onResumed = (line: number): boolean =>
      say(`An import of this file was cut short; it goes on behind line ${line}.`);
    const begun = performance.now();
    const asked = { digest, format, map, dryRun, moveStock, onRefused: tellRefused, onResumed };
    const report = await app.get(FileImportService).run(() => readFile(path, compressed), asked);
    tell(path, report, dryRun, (performance.now() - begun) / 1_000);
  });
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      'move-stock': { type: 'boolean', default: false },
      map: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [path, ...more] = positionals;
  if (values.help) say(USAGE);
  else if (path === undefined || more.length > 0)
    throw new UnreadableFile(0, `One file is needed.\n\n${USAGE.trimEnd()}`);
  else await importFile(path, { dryRun: values['dry-run'], moveStock: values['move-stock'], map: values.map });
} catch (error) {
  complain(`tradepost: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = UNREADABLE;
}
