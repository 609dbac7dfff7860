import 'reflect-metadata';
import { AppModule } from '../app.module.js';
import { loadConfig } from '../config/config.js';
import { openDatabase } from '../platform/database/open-database.js';
import { createHttpApp } from '../platform/http/create-app.js';
import { openApiDocument } from '../platform/http/openapi.js';
import { createLogger } from '../platform/observability/logging.js';
import { runMain } from './fail.js';

/** Prints the description of the API. */
await runMain(async () => {
  const config = loadConfig({ WORKER: 'off' });
  const database = await openDatabase(config, 'tool', () => undefined);
  try {
    const module = AppModule.register({ config, databaseUrl: database.url });
    const app = await createHttpApp(module, config, createLogger('error', process.stderr));
    process.stdout.write(`${JSON.stringify(openApiDocument(app), null, 2)}\n`);
    await app.close();
  } finally {
    await database.release();
  }
});
