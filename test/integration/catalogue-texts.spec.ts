import fc from 'fast-check';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/cluster.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const letters = fc.constantFrom(...'aAzZ09 \t\n-_.,;:!?/\\\'"()[]{}<>@#$%^&*+=|~`', 'word', '  ');
const plain = fc.string({ unit: letters, maxLength: 30 });
const any = fc.oneof(plain, fc.string({ unit: fc.oneof(letters, fc.constantFrom('é', 'ß', '茶', '🫖', 'İ', 'ﬁ')) }));
const long = fc.constantFrom('x'.repeat(64), 'x'.repeat(65), `${'x'.repeat(64)}y z`);
const texts = (of: fc.Arbitrary<string>) => fc.array(of, { minLength: 50, maxLength: 50 });

async function differing(statement: string, given: readonly unknown[]): Promise<unknown[]> {
  return (await client.query(statement, [...given])).rows;
}

test('a text is folded alike by the quick way, which plain ones go, and by the way for all', async () => {
  await fc.assert(
    fc.asyncProperty(texts(any), async (given) => {
      const statement = `SELECT text, catalogue_fold(text) AS quick, catalogue_fold_any(text) AS slow
        FROM unnest($1::text[]) AS text WHERE catalogue_fold(text) IS DISTINCT FROM catalogue_fold_any(text)`;
      expect(await differing(statement, [given])).toEqual([]);
    }),
    { numRuns: 40 },
  );
  const ascii = Array.from({ length: 127 }, (_, code) => `a${String.fromCharCode(code + 1)}B`);
  const { rows } = await client.query(
    'SELECT bool_and(catalogue_fold(text) = catalogue_fold_any(text)) AS same FROM unnest($1::text[]) AS text',
    [ascii],
  );
  expect(rows).toEqual([{ same: true }]);
});

test('words are taken from a text alike, whether or not one of them has to be cut', async () => {
  await fc.assert(
    fc.asyncProperty(texts(fc.tuple(any, fc.oneof(any, long)).map((parts) => parts.join(' '))), async (given) => {
      const statement = `SELECT text FROM (SELECT catalogue_fold(text) AS text FROM unnest($1::text[]) AS text) t
        WHERE catalogue_vector(text) IS DISTINCT FROM catalogue_vector_cut(text)`;
      expect(await differing(statement, [given])).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test('the values of attributes are words of a product, whatever JSON makes of them', async () => {
  const value = fc.oneof(any, fc.constantFrom('null', 'a"b', 'back\\slash', 'new\nline', '\u0007bell', '{"x":"y"}'));
  const attributes = fc.dictionary(fc.constantFrom('one', 'two', 'null', 'a"b'), value, { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(any, attributes, async (description, map) => {
      const { rows } = await client.query(
        `SELECT t.document = catalogue_vector_cut(t.sku_key || ' ' || t.name_key || ' ' || catalogue_fold_any(
             $1::text || ' ' || coalesce((SELECT string_agg(value, ' ') FROM jsonb_each_text($2::jsonb)), ''))) AS same,
           t.title = catalogue_vector_cut(t.sku_key || ' ' || t.name_key) AS titled
         FROM catalogue_texts('SKU-1', 'Mug', $1::text, $2::jsonb) t`,
        [description, JSON.stringify(map)],
      );
      expect(rows).toEqual([{ same: true, titled: true }]);
    }),
    { numRuns: 150 },
  );
});

test.each([
  [100, [{ kind: 'listing', count: 100 }]],
  [101, [{ kind: 'catalogue', count: 1 }]],
])('%i products that are inserted at once are told to replicas as %j', async (products, expected) => {
  await client.query('TRUNCATE products, catalog_changes CASCADE');
  await client.query('DELETE FROM catalog_changes');
  await client.query(
    `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
       created_at, updated_at)
     SELECT gen_random_uuid(), 'P-' || n, 'p-' || n, 'Product', '', 100, 'USD', 0, '{}', '[]', true, 1, now(), now()
     FROM generate_series(1, $1::int) n`,
    [products],
  );
  const { rows } = await client.query('SELECT kind, count(*)::int AS count FROM catalog_changes GROUP BY kind');
  expect(rows).toEqual(expected);
});

test('products that are inserted together get the texts that one which is changed gets', async () => {
  const value = fc.oneof(any, fc.constantFrom('null', 'a"b', 'back\\slash', 'new\nline', '{"x":"y"}'));
  const attributes = fc.dictionary(fc.constantFrom('one', 'two', 'null', 'a"b'), value, { noNullPrototype: true });
  const product = fc.tuple(fc.oneof(any, long), fc.oneof(any, long, fc.constant('')), attributes);
  await fc.assert(
    fc.asyncProperty(fc.array(product, { minLength: 1, maxLength: 40 }), async (given) => {
      await client.query('TRUNCATE products CASCADE');
      await client.query(
        `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
           created_at, updated_at)
         SELECT gen_random_uuid(), 'P-' || n, 'p-' || n, name, description, 100, 'USD', 0, attributes, '[]', true, 1, now(), now()
         FROM unnest($1::text[], $2::text[], $3::jsonb[]) WITH ORDINALITY AS g (name, description, attributes, n)`,
        [given.map(([name]) => name), given.map(([, text]) => text), given.map(([, , map]) => JSON.stringify(map))],
      );
      const statement = `SELECT p.name, p.description FROM products p LEFT JOIN catalogue_entries e ON e.product_id = p.id
        CROSS JOIN LATERAL catalogue_texts(p.sku, p.name, p.description, p.attributes) t
        WHERE (e.sku_key, e.name_key, e.title, e.document) IS DISTINCT FROM (t.sku_key, t.name_key, t.title, t.document)`;
      expect(await differing(statement, [])).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('an entry goes with its product', async () => {
  const count = async () => (await client.query('SELECT count(*)::int AS entries FROM catalogue_entries')).rows;
  await client.query('TRUNCATE products CASCADE');
  expect(await count()).toEqual([{ entries: 0 }]);
  await client.query(
    `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
       created_at, updated_at)
     SELECT gen_random_uuid(), 'P-' || n, 'p-' || n, 'Product', '', 100, 'USD', 0, '{}', '[]', true, 1, now(), now()
     FROM generate_series(1, 3) n`,
  );
  await client.query(`DELETE FROM products WHERE sku <> 'P-2'`);
  expect(await count()).toEqual([{ entries: 1 }]);
  await client.query('TRUNCATE products, catalogue_entries CASCADE');
  expect(await count()).toEqual([{ entries: 0 }]);
});
