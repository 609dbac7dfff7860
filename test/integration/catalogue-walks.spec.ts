import fc from 'fast-check';
import { newId } from '../../src/common/ids.js';
import type { CatalogueFilter } from '../../src/modules/products/catalogue-filter.js';
import { SORT_KEYS, type SortKey } from '../../src/modules/products/catalogue-sorts.js';
import { startApp, type TestApp } from '../support/app.js';
import { pageBy, resolve, strategiesFor } from '../support/catalogue-walks.js';
import { runs } from '../support/runs.js';

let shop: TestApp;

beforeAll(async () => {
  shop = await startApp();
  await shop.db.query(
    `INSERT INTO categories (id, parent_id, slug, name, created_at, updated_at)
     VALUES ($1, NULL, 'top', 'Top', now(), now()), ($2, $1, 'low', 'Low', now(), now()),
       ($3, NULL, 'other', 'Other', now(), now())`,
    [TOP, LOW, OTHER],
  );
});
afterAll(() => shop.close());

const [TOP, LOW, OTHER] = [newId(), newId(), newId()];

interface Draft {
  readonly name: string;
  readonly price: number;
  readonly stock: number;
  readonly category: string | null;
  readonly at: string;
  readonly sku: string;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  name: fc.constantFrom('Lamp', 'lamp oak', 'Oak lamp', 'Lämp of öak', 'Lamplight', 'Table', 'Oak table'),
  price: fc.integer({ min: 0, max: 5 }),
  stock: fc.integer({ min: 0, max: 1 }),
  category: fc.constantFrom(TOP, LOW, OTHER, null),
  // More exact than JavaScript's dates, as rows may be that were not written by the application.
  at: fc.integer({ min: 0, max: 3 }).map((microsecond) => `2026-01-01T00:00:00.00000${microsecond}Z`),
  sku: fc.constantFrom('LAMP-', 'X-'),
});

async function insert(drafts: readonly Draft[]): Promise<string[]> {
  const rows = drafts.map((product) => ({ ...product, id: newId() }));
  await shop.db.query(
    `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, category_id, attributes, images,
       active, version, created_at, updated_at)
     SELECT d.id, d.sku || d.id, d.id, d.name, 'a lamp of sorts', d.price, 'USD', d.stock, d.category, '{}', '[]', true,
       1, d.at, d.at
     FROM jsonb_to_recordset($1)
       AS d (id uuid, sku text, name text, price bigint, stock int, category uuid, at timestamptz)`,
    [JSON.stringify(rows)],
  );
  return rows.map(({ id }) => id);
}

/** Something that happens to the catalogue while somebody walks through it. */
type Change =
  | { readonly kind: 'add'; readonly drafts: readonly Draft[] }
  | { readonly kind: 'archive' | 'rename' | 'reprice' | 'describe'; readonly index: number };

const index = fc.nat(19);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), drafts: fc.array(draft, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constantFrom('archive', 'rename', 'reprice', 'describe'), index }) as fc.Arbitrary<Change>,
);

const filters: readonly CatalogueFilter[] = [
  {},
  { q: 'lamp' },
  { q: 'lmap' },
  { q: 'LAMP-' },
  { category: 'top' },
  { inStock: true },
  { minPrice: 1n, maxPrice: 4n },
  { q: 'oak', category: 'top', inStock: false },
];

/** Makes a change, where neither the order nor the filter of the walk depends on it. */
async function make(made: Change, ids: readonly string[], sort: SortKey, filter: CatalogueFilter): Promise<string[]> {
  if (made.kind === 'add') {
    await insert(made.drafts);
    return [];
  }
  const id = ids[made.index % ids.length];
  if (id === undefined) return [];
  const byPrice = sort.endsWith('price') || filter.minPrice !== undefined;
  const byName = sort.endsWith('name') || filter.q !== undefined;
  if (made.kind === 'reprice' && !byPrice) await shop.db.query('UPDATE products SET price = 4 WHERE id = $1', [id]);
  if (made.kind === 'rename' && !byName) await shop.db.query(`UPDATE products SET name = 'New' WHERE id = $1`, [id]);
  if (made.kind === 'describe')
    await shop.db.query(`UPDATE products SET description = 'lamp, oak' WHERE id = $1`, [id]);
  if (made.kind !== 'archive') return [];
  await shop.db.query('UPDATE products SET archived_at = now() WHERE id = $1', [id]);
  return [id];
}

/** Every id of a list at the moment. */
async function all(filter: CatalogueFilter, sort: SortKey): Promise<string[]> {
  return (await pageBy(shop.db, ([first]) => first, filter, sort, { limit: 1_000 })).ids;
}

test('a walk by cursor never repeats or skips what stood throughout, whatever comes and goes and however it is found', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(draft, { maxLength: 14 }),
      fc.constantFrom(...SORT_KEYS),
      fc.constantFrom(...filters),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(change, fc.nat(11)), { maxLength: 12 }),
      async (drafts, sort, filter, perPage, script) => {
        await shop.db.query('UPDATE products SET archived_at = now() WHERE archived_at IS NULL');
        const ids = await insert(drafts);
        const before = await all(filter, sort);
        const gone = new Set<string>();
        const met: string[] = [];
        let step = 0;
        for (let cursor: string | null = ''; cursor !== null; step += 1) {
          const [made, seed] = script[step] ?? [undefined, step];
          const page = await pageBy(shop.db, (choices) => choices[seed % choices.length], filter, sort, {
            limit: perPage,
            cursor,
          });
          met.push(...page.ids);
          cursor = page.cursor;
          if (made !== undefined) for (const id of await make(made, ids, sort, filter)) gone.add(id);
        }
        const stood = before.filter((id) => !gone.has(id));
        expect(met.filter((id) => stood.includes(id)).sort()).toEqual([...stood].sort());
        expect(new Set(met).size).toBe(met.length);
      },
    ),
    { numRuns: runs(40) },
  );
}, 120_000);

test('every strategy finds the same page, by offset and by cursor', async () => {
  await shop.db.query('UPDATE products SET archived_at = now() WHERE archived_at IS NULL');
  const drafts = fc.sample(draft, { numRuns: 12, seed: 7 });
  // Numbers lie far apart, so that words are looked for in every block of them.
  for (const start of [100_000, 130_000, 145_000, 149_000, 150_000]) {
    await shop.db.query(`SELECT setval('catalogue_entries_number_seq', $1)`, [start]);
    await insert(drafts);
  }
  for (const sort of SORT_KEYS) {
    for (const filter of filters) {
      const whole = await all(filter, sort);
      const ways = Math.max(4, strategiesFor(await resolve(shop.db, filter), sort).length);
      for (let way = 0; way < ways; way += 1) {
        const page = (window: { limit: number; offset?: number; cursor?: string }) =>
          pageBy(shop.db, (choices) => choices[way % choices.length], filter, sort, window);
        expect((await page({ limit: 7, offset: 5 })).ids).toEqual(whole.slice(5, 12));
        const walked: string[] = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const next = await page({ limit: 9, cursor });
          walked.push(...next.ids);
          cursor = next.cursor;
        }
        expect(walked).toEqual(whole);
      }
    }
  }
}, 120_000);
