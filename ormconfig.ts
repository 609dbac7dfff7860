import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { loadConfig } from './src/config/config.js';
import { dataSourceOptions } from './src/platform/database/data-source.js';

// For TypeORM's command line: `typeorm -d dist/ormconfig.js`, with DATABASE_URL or DATABASE_MIGRATION_URL set.
const config = loadConfig();
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const url = config.DATABASE_MIGRATION_URL ?? config.DATABASE_URL;
if (url === undefined) throw new Error('Set DATABASE_URL: the command line of TypeORM has no embedded PostgreSQL.');

export default new DataSource({
  ...dataSourceOptions(url, config, [here('./src/**/*.entity.js')]),
  migrations: [here('./migrations/*.js')],
});
