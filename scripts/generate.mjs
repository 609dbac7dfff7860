// `make generate` writes what is made from other sources; with --check it only says what is no longer up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dataModel } from './generate/data-model.mjs';
import { saleLifecycle } from './generate/lifecycle.mjs';
import { openApi } from './generate/openapi.mjs';
import { envExample, readmeWithSettings } from './generate/settings.mjs';
import { withMigratedDatabase } from './support/scratch-database.mjs';

const checking = process.argv.includes('--check');
/** @type {string[]} */
const stale = [];

/** @type {(file: string, make: (before: string) => string | Promise<string>) => Promise<void>} */
async function generate(file, make) {
  try {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const after = await make(before);
    if (before === after) return;
    if (checking) stale.push(file);
    else {
      writeFileSync(file, after);
      process.stdout.write(`Wrote ${file}\n`);
    }
  } catch (error) {
    process.stderr.write(`${file} could not be generated: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

await generate('env.example', envExample);
await generate('README.md', readmeWithSettings);
await generate('docs/sale-lifecycle.md', saleLifecycle);
await withMigratedDatabase(async (dataSource, url) => {
  await generate('docs/data-model.md', () => dataModel(dataSource));
  await generate('docs/openapi.json', () => openApi(url));
});

if (stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(', ')}. Run: make generate\n`);
  process.exitCode = 1;
}
