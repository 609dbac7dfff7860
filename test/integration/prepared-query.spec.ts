import pg from 'pg';
import { PreparedQuery, type Rows } from '../../src/platform/database/prepared-query.js';
import { type Statement, statement } from '../../src/platform/database/statement.js';
import { createTestDatabase, type TestDatabase } from '../support/cluster.js';

let database: TestDatabase;
let client: pg.Client;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  pool = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
  // A connection that is closing may still hear that its database is dropped.
  pool.on('error', () => {});
});
afterAll(async () => {
  await client.end();
  await pool.end();
  await database.drop();
});

function runEach(target: pg.Client | pg.Pool, asked: Statement, ...runs: unknown[][]): Promise<Rows<object>[]> {
  return new PreparedQuery(asked, runs).run(target as never);
}

async function run(target: pg.Client | pg.Pool, asked: Statement, values: unknown[] = []): Promise<Rows<object>> {
  const [result, ...more] = await runEach(target, asked, values);
  if (result === undefined || more.length > 0) throw new Error('One run has one result.');
  return result;
}

/** Messages that the client sends while work is done, by their letter: https://www.postgresql.org/docs/15/protocol-message-formats.html */
async function lettersOf(work: () => Promise<unknown>): Promise<string> {
  const { stream } = (client as unknown as { readonly connection: pg.Connection }).connection;
  const write = jest.spyOn(stream, 'write');
  await work();
  const letters = write.mock.calls.map(([chunk]) => String.fromCharCode((chunk as Buffer)[0] ?? 0)).join('');
  write.mockRestore();
  return letters;
}

test('a statement is parsed and described once a connection, and answers the same each time', async () => {
  const asked = statement(
    'test.kinds',
    `SELECT 9007199254740993::bigint AS big, 'é'::text AS text, NULL::int AS nothing, $1::int AS int, $2::jsonb AS json,
       $3::bytea AS bytes, '2026-01-31 12:00+00'::timestamptz AS at, $4::text[] AS list, true AS "is it"`,
  );
  const values = [7, { a: [1, null] }, Buffer.from([0, 255]), ['x', null]];
  const row = {
    big: 9_007_199_254_740_993n,
    text: 'é',
    nothing: null,
    int: 7,
    json: { a: [1, null] },
    bytes: Buffer.from([0, 255]),
    at: new Date('2026-01-31T12:00:00Z'),
    list: ['x', null],
    'is it': true,
  };
  const letters = await lettersOf(async () => {
    for (let time = 0; time < 3; time += 1) {
      expect(await run(client, asked, values)).toEqual({ rows: [row], count: 1 });
    }
  });
  // P(arse), B(ind), D(escribe), E(xecute), S(ync).
  expect(letters).toBe('PBDES' + 'BES' + 'BES');
});

test('what answers no columns tells how many rows it touched', async () => {
  await client.query('CREATE TEMPORARY TABLE things (n int)');
  const add = statement('test.add', 'INSERT INTO things SELECT generate_series(1, $1::int)');
  expect(await run(client, add, [3])).toEqual({ rows: [], count: 3 });
  expect(await lettersOf(() => run(client, add, [4]))).toBe('BES');
  const none = statement('test.none', 'SELECT n FROM things WHERE n > 100');
  expect(await run(client, none)).toEqual({ rows: [], count: 0 });
  expect(await run(client, statement('test.drop', 'DELETE FROM things'))).toEqual({ rows: [], count: 7 });
});

test('several runs are one message and one transaction, each with its own answer', async () => {
  await client.query('CREATE TEMPORARY TABLE notes (transaction xid8 DEFAULT pg_current_xact_id(), text text UNIQUE)');
  const note = statement(
    'test.note',
    'INSERT INTO notes (text) SELECT unnest($1::text[]) RETURNING text, (SELECT count(*)::int FROM notes) AS before',
  );
  const noted = (...texts: string[][]) => runEach(client, note, ...texts.map((one) => [one]));
  let answers: Rows<object>[] = [];
  const letters = await lettersOf(async () => {
    answers = await noted(['a', 'b'], [], ['c']);
  });
  expect(letters).toBe('PBDE' + 'BE' + 'BE' + 'S');
  expect(answers).toEqual([
    {
      rows: [
        { text: 'a', before: 0 },
        { text: 'b', before: 0 },
      ],
      count: 2,
    },
    { rows: [], count: 0 },
    // It sees what those before it have written.
    { rows: [{ text: 'c', before: 2 }], count: 1 },
  ]);
  await expect(noted(['d'], ['e', 'a'], ['f'])).rejects.toMatchObject({ code: '23505' });
  expect(await lettersOf(() => noted(['g'], ['h']))).toBe('BEBES');
  const { rows } = await client.query(
    'SELECT string_agg(text, NULL ORDER BY text) AS texts FROM notes GROUP BY transaction ORDER BY transaction',
  );
  expect(rows).toEqual([{ texts: 'abc' }, { texts: 'gh' }]);
});

test('a statement that failed at first is asked again in full', async () => {
  const halve = statement('test.halve', 'SELECT 10 / $1::int AS part');
  await expect(run(client, halve, [0])).rejects.toMatchObject({ code: '22012' });
  await expect(run(client, halve, ['x'])).rejects.toMatchObject({ code: '22P02' });
  expect((await run(client, halve, [5])).rows).toEqual([{ part: 2 }]);
  await expect(run(client, halve, [0])).rejects.toMatchObject({ code: '22012' });
  expect((await run(client, halve, [2])).rows).toEqual([{ part: 5 }]);
});

test('columns that change under a statement fail it rather than be misread', async () => {
  await client.query('CREATE TEMPORARY TABLE shapes (a int)');
  await client.query('INSERT INTO shapes VALUES (1)');
  const all = statement('test.shapes', 'SELECT * FROM shapes');
  expect((await run(client, all)).rows).toEqual([{ a: 1 }]);
  await client.query(`ALTER TABLE shapes ADD COLUMN b text DEFAULT 'two'`);
  await expect(run(client, all)).rejects.toThrow('cached plan must not change result type');
});

test('a name stands for one text', async () => {
  await run(client, statement('test.name', 'SELECT 1 AS one'));
  const error = await run(client, statement('test.name', 'SELECT 2 AS two')).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ message: 'Two statements are called test.name.' });
  expect((await run(client, statement('test.name', 'SELECT 1 AS one'))).rows).toEqual([{ one: 1 }]);
});

test('what cannot be written or read fails by itself alone', async () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const echo = statement('test.echo', 'SELECT $1::jsonb AS json');
  await expect(async () => run(client, echo, [circle])).rejects.toThrow(TypeError);
  const parsers = jest.spyOn(pg.types, 'getTypeParser').mockReturnValue((() => {
    throw new Error('unreadable');
  }) as never);
  await expect(run(client, echo, ['{}'])).rejects.toThrow('unreadable');
  parsers.mockRestore();
  expect((await run(client, statement('test.after', 'SELECT 1 AS one'))).rows).toEqual([{ one: 1 }]);
});

test('a pool has its connections back, and an error leads to whoever asked', async () => {
  const halve = statement('test.pooled', 'SELECT 10 / $1::int AS part');
  const asked = Array.from({ length: 20 }, (_, index) => run(pool, halve, [index % 2]).catch((error: Error) => error));
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => answer instanceof pg.DatabaseError)).toHaveLength(10);
  expect(answers.find((answer) => answer instanceof Error)).toMatchObject({
    stack: expect.stringMatching(/prepared-query\.ts/),
  });
  expect({ idle: pool.idleCount, waiting: pool.waitingCount }).toEqual({ idle: pool.totalCount, waiting: 0 });
});
