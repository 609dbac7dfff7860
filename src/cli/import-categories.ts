import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { CategoryImportService } from '../modules/products/import/category-import.service.js';
import { type CategoryTreeFile, readCategoryTree } from '../modules/products/import/category-tree-file.js';
import { UnreadableFile } from '../platform/files/unreadable-file.js';
import { checkFile, readFile } from './catalogue-file.js';
import { withApplication } from './context.js';

const USAGE = `Usage: import-categories FILE [--quiet]

Makes the categories of FILE that are not there yet: a JSON array, or a JSON object a line, with .gz for gzip. An entry
has id and name and, as it likes, path (a list of { id, name } from the top down to itself), parentId, and subCategories
(a list of { id, name }). They are known by their place and name, so the same file can be imported again. References
that lead nowhere are told one by one, unless --quiet.

Exit code: 0 all is in, 1 some entries were refused or references lead nowhere, 2 the file could not be read.
`;

/** Exit codes of the command. */
const UNRESOLVED = 1;
const UNREADABLE = 2;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const complain = (line: string): boolean => process.stderr.write(`${line}\n`);

function tell(file: CategoryTreeFile, made: number, quiet: boolean): void {
  const { entries, paths, merged, named, absent, elsewhere, refused } = file;
  say(`${entries} entries at ${paths.length} places: ${made} categories made.`);
  say(`${named.length} were named by the paths of others only, ${merged.length} stand where another does.`);
  say(`${elsewhere.length} are named as children elsewhere than their path says; the path counts.`);
  say(`${absent.length} children are named that the file does not have; they are not made. ${refused.length} refused.`);
  if (!quiet) {
    for (const { entry, reason } of refused) complain(`${entry}: ${reason}`);
    for (const { id, name, parent } of absent) complain(`${parent}: names its child ${id} (${name}), which is absent`);
  }
  if (absent.length > 0 || refused.length > 0) process.exitCode = UNRESOLVED;
}

async function importTree(path: string, quiet: boolean): Promise<void> {
  await checkFile(path);
  const file = readCategoryTree(await text(readFile(path, path.toLowerCase().endsWith('.gz'))));
  await withApplication(async (app) => {
    tell(file, await app.get(CategoryImportService).run(file.paths), quiet);
  });
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { quiet: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  const [path, ...more] = positionals;
  if (values.help) say(USAGE);
  else if (path === undefined || more.length > 0)
    throw new UnreadableFile(0, `One file is needed.\n\n${USAGE.trimEnd()}`);
  else await importTree(path, values.quiet);
} catch (error) {
  complain(`tradepost: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = UNREADABLE;
}
