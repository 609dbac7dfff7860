import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { parseConfig } from '../../src/config/config.js';
import { entities } from '../../src/entities.js';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { migrate, migrationDataSource } from '../../src/platform/database/migrator.js';
import { clusterUrls, onDatabase, withAdmin } from '../support/cluster.js';

const config = parseConfig({});
const { superuserUrl, ownerUrl, appUrl } = clusterUrls();
const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
const owner = onDatabase(ownerUrl, name);
const application = onDatabase(appUrl, name);

beforeAll(() =>
  withAdmin(superuserUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE tradepost OWNER tradepost_owner`);
  }),
);

afterAll(() =>
  withAdmin(superuserUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }),
);

/** What stands in the database besides TypeORM's own table and what belongs to an extension. */
function leftovers(): Promise<string[]> {
  return withAdmin(owner, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT o.name FROM (
         SELECT oid, relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
         UNION ALL SELECT oid, proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         UNION ALL SELECT oid, typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype <> 'b'
           AND typrelid = 0
       ) o
       WHERE o.name !~ '^(PK_.*|migrations(_id_seq)?)$'
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e') ORDER BY 1`,
    );
    return rows.map((row) => row.name);
  });
}

async function undoEverything(count: number): Promise<void> {
  const dataSource = await (await migrationDataSource(owner, config)).initialize();
  try {
    for (let undone = 0; undone < count; undone += 1) await dataSource.undoLastMigration({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

it('the migrations go up on an empty database, down without a trace, and up again', async () => {
  const applied = await migrate(owner, application, config);
  expect(applied).not.toHaveLength(0);
  await undoEverything(applied.length);
  expect(await leftovers()).toEqual([]);
  expect(await migrate(owner, application, config)).toEqual(applied);
});

it('applied twice, the migrations change nothing', async () => {
  await migrate(owner, application, config);
  expect(await migrate(owner, application, config)).toEqual([]);
});

it('the schema that the migrations make is the one that the entities describe', async () => {
  await migrate(owner, application, config);
  const dataSource = await new DataSource(dataSourceOptions(owner, config, entities)).initialize();
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  } finally {
    await dataSource.destroy();
  }
});
