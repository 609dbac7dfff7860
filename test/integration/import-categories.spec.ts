import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CategoryImportService } from '../../src/modules/products/import/category-import.service.js';
import { readCategoryTree } from '../../src/modules/products/import/category-tree-file.js';
import { startApp, type TestApp } from '../support/app.js';
import { emptyTables } from '../support/tables.js';

let shop: TestApp;

beforeAll(async () => {
  shop = await startApp();
});
afterAll(() => shop.close());
beforeEach(() => emptyTables(shop.db, 'products', 'categories'));

const load = (paths: readonly (readonly string[])[]): Promise<number> =>
  shop.app.get(CategoryImportService, { strict: false }).run(paths);

const tree = async () =>
  (
    await shop.db.query(
      `SELECT c.name, p.name AS parent FROM categories c LEFT JOIN categories p ON p.id = c.parent_id ORDER BY c.name`,
    )
  ).rows;

describe('a file of categories', () => {
  it('is read by path, by parent and by name, and what leads nowhere is told', async () => {
    const file = readCategoryTree(
      JSON.stringify([
        {
          id: 'a',
          name: ' Home ',
          subCategories: [
            { id: 'b', name: 'Kitchen' },
            { id: 'x', name: 'Absent' },
          ],
        },
        {
          id: 'b',
          name: 'Kitchen',
          path: [
            { id: 'a', name: 'Home' },
            { id: 'b', name: 'Kitchen' },
          ],
        },
        { id: 'c', name: 'Pots', parentId: 'b' },
        {
          id: 'd',
          name: 'Bulbs',
          path: [
            { id: 'z', name: 'Garden' },
            { id: 'd', name: 'Bulbs' },
          ],
        },
        { id: 'e', name: 'home' },
        { id: 'f', name: null },
        { id: 'g', name: 'Lost', parentId: 'nobody' },
        { id: 'h', name: 'Round', parentId: 'i' },
        { id: 'i', name: 'And round', parentId: 'h', subCategories: [{ id: 'b', name: 'Kitchen' }] },
        { id: 'a', name: 'Again' },
      ]),
    );
    expect(file.paths).toEqual([['Home'], ['Home', 'Kitchen'], ['Garden', 'Bulbs'], ['Home', 'Kitchen', 'Pots']]);
    expect(file).toMatchObject({ entries: 10, merged: ['e'], named: ['z'], elsewhere: ['b'] });
    expect(file.absent).toEqual([{ id: 'x', name: 'Absent', parent: 'a' }]);
    expect(file.refused.map(({ entry }) => entry)).toEqual(['f', 'a', 'g', 'h', 'i']);
    expect(await load(file.paths)).toBe(5);
    expect(await tree()).toEqual([
      { name: 'Bulbs', parent: 'Garden' },
      { name: 'Garden', parent: null },
      { name: 'Home', parent: null },
      { name: 'Kitchen', parent: 'Home' },
      { name: 'Pots', parent: 'Kitchen' },
    ]);
    expect(await load(file.paths)).toBe(0);
  });

  it('may hold an object a line, and is refused where it holds neither that nor an array', () => {
    expect(readCategoryTree('{"id":1,"name":"A"}\n{"id":2,"name":"B"}\n').paths).toEqual([['A'], ['B']]);
    expect(() => readCategoryTree('nonsense')).toThrow(/neither/);
    expect(() => readCategoryTree('[]')).toThrow(/empty/);
  });
});

const FILE = join(resolve('../shared/data'), 'catalogue/categories.json.gz');
const withData = existsSync(FILE) ? it : it.skip;

withData(
  'a real tree is imported, and its references are resolved or told',
  async () => {
    const file = readCategoryTree(gunzipSync(readFileSync(FILE)).toString('utf8'));
    expect(file.entries).toBe(4_584);
    expect(file.absent).toHaveLength(2_100);
    expect(file.refused.map(({ entry }) => entry)).toEqual(['pcmcat748300293073']);
    expect(file.merged).toHaveLength(5);
    expect(file.named).toHaveLength(139);
    const places = new Set(
      file.paths.flatMap((path) =>
        path.map((_, depth) =>
          path
            .slice(0, depth + 1)
            .join('\u0000')
            .toLowerCase(),
        ),
      ),
    );
    expect(await load(file.paths)).toBe(places.size);
    const { rows } = await shop.db.query('SELECT count(*)::int AS count FROM categories');
    expect(rows).toEqual([{ count: places.size }]);
    expect(await load(file.paths)).toBe(0);
  },
  60_000,
);
