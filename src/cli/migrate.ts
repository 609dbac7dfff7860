import { loadConfig } from '../config/config.js';
import { migrate } from '../platform/database/migrator.js';
import { openDatabase } from '../platform/database/open-database.js';
import { runMain } from './fail.js';

await runMain(async () => {
  const config = loadConfig();
  const database = await openDatabase(config, 'tool', (message) => process.stderr.write(`${message}\n`));
  try {
    const applied = await migrate(database.migrationUrl, database.url, config);
    const what = applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`;
    process.stdout.write(`${what}\n`);
  } finally {
    await database.release();
  }
});
