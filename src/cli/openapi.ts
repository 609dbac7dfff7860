import 'reflect-metadata';
import { AppModule } from '../app.module.js';
import { loadConfig } from '../config/config.js';
import { createHttpApp } from '../platform/http/create-app.js';
import { openApiDocument } from '../platform/http/openapi.js';
import { createLogger } from '../platform/observability/logging.js';
import { openForTool } from './context.js';
import { runMain } from './fail.js';

/** Prints the description of the API. */
await runMain(async (shutdown) => {
  const config = loadConfig({ WORKER: 'off' });
  const database = await openForTool(config, shutdown);
  const module = AppModule.register({ config, databaseUrl: database.url });
  const app = await shutdown.acquire(
    () => createHttpApp(module, config, createLogger('error', process.stderr)),
    (opened) => opened.close(),
  );
  process.stdout.write(`${JSON.stringify(openApiDocument(app), null, 2)}\n`);
  await shutdown.run();
});
