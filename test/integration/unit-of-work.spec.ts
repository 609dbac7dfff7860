import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { StartAgain, UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { testConfig } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/cluster.js';

class NotYet extends StartAgain {}

let database: TestDatabase;
let opened: Database;
let uow: UnitOfWork;

beforeAll(async () => {
  database = await createTestDatabase();
  const config = testConfig(database, { DATABASE_POOL_SIZE: '1' });
  const dataSource = await new DataSource(dataSourceOptions(database.url, config, [])).initialize();
  opened = new Database(dataSource, database.url);
  uow = new UnitOfWork(opened);
  await opened.runText('CREATE TEMPORARY TABLE written (text text)');
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});
beforeEach(() => opened.runText('TRUNCATE written'));

async function write(text: string): Promise<void> {
  await opened.runText('INSERT INTO written VALUES ($1)', [text]);
}

async function written(): Promise<unknown[]> {
  return (await opened.runText('SELECT text FROM written')).rows.map(({ text }) => text);
}

async function serializationFailure(): Promise<void> {
  await opened.runText(`DO $$ BEGIN RAISE EXCEPTION 'meanwhile' USING ERRCODE = 'serialization_failure'; END $$`);
}

test.each([
  ['that wants to', () => Promise.reject(new NotYet())],
  ['that others got in the way of', serializationFailure],
])('work %s is started again, and what it did before has never been', async (_name, failure) => {
  const told: string[] = [];
  let tries = 0;
  const result = await uow.run(async () => {
    tries += 1;
    await write(`try ${tries}`);
    const text = `told of try ${tries}`;
    uow.afterCommit(() => void told.push(text));
    if (tries < 3) await failure();
    return tries;
  });
  expect(result).toBe(3);
  expect(await written()).toEqual(['try 3']);
  expect(told).toEqual(['told of try 3']);
});

test('work is not started again for ever', async () => {
  let tries = 0;
  const outcome = uow.run(async () => {
    tries += 1;
    await write('in vain');
    throw new NotYet();
  });
  await expect(outcome).rejects.toBeInstanceOf(NotYet);
  expect(tries).toBe(5);
  expect(await written()).toEqual([]);
});

test('work that is started again needs no other connection, for which it would wait behind those who wait for it', async () => {
  let behind: Promise<void> | undefined;
  await uow.run(async () => {
    await write('first');
    if (behind !== undefined) return;
    behind = uow.outside(() => uow.run(() => write('behind')));
    throw new NotYet();
  });
  await behind;
  expect(await written()).toEqual(['first', 'behind']);
});
