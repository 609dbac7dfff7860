import { loadConfig } from '../config/config.js';
import { migrate } from '../platform/database/migrator.js';
import { openForTool } from './context.js';
import { runMain } from './fail.js';

await runMain(async (shutdown) => {
  const config = loadConfig();
  const database = await openForTool(config, shutdown);
  const applied = await migrate(database.migrationUrl, database.url, config);
  const what = applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`;
  process.stdout.write(`${what}\n`);
  await shutdown.run();
});
