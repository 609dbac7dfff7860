import fc from 'fast-check';
import pg from 'pg';
import { arrayParameter } from '../../src/platform/database/array-parameter.js';
import { createTestDatabase, type TestDatabase } from '../support/cluster.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test('every list of texts arrives as it was', async () => {
  const unit = fc.constantFrom('"', '\\', ',', '{', '}', ' ', '\n', "'", 'NULL', 'null', 'é', '🫖', 'a');
  const text = fc.oneof(fc.constant(null), fc.string({ unit, maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (given) => {
      const { rows } = await client.query('SELECT $1::text[] AS list', [arrayParameter(given)]);
      expect(rows[0].list).toEqual(given);
    }),
    { numRuns: 200 },
  );
});

test('numbers, truths, moments and gaps arrive as they are', async () => {
  const at = new Date('2026-01-31T12:00:00.123Z');
  const given = [[1.5, -2, null], [9_007_199_254_740_993n], [true, false], [at, undefined], []];
  const { rows } = await client.query(
    `SELECT $1::float8[] AS a, $2::bigint[]::text[] AS b, $3::boolean[] AS c, $4::timestamptz[] AS d, $5::uuid[] AS e`,
    given.map(arrayParameter),
  );
  expect(rows[0]).toEqual({ a: [1.5, -2, null], b: ['9007199254740993'], c: [true, false], d: [at, null], e: [] });
});

test('what is no list, or a list of something rare, is left to the driver', async () => {
  const bytes = [Buffer.from('ab')];
  for (const value of ['{a}', 1, null, bytes, [['a'], ['b']], [{ a: 1 }]]) expect(arrayParameter(value)).toBe(value);
  const { rows } = await client.query('SELECT $1::bytea[] AS list', [arrayParameter(bytes)]);
  expect(rows[0].list).toEqual(bytes);
});
