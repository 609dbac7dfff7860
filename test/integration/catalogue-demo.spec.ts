import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { CatalogueImportService } from '../../src/modules/products/import/catalogue-import.service.js';
import { startApp, type TestApp } from '../support/app.js';

// The data lies beside the project where it lies at all; without it there is nothing to compare with.
const FILE = resolve('../shared/data/catalogue/demo-products.jsonl.gz');
const withData = existsSync(FILE) ? describe : describe.skip;

interface DemoProduct {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly price: string;
  readonly current_stock: string;
  readonly category: string;
}

interface Listed {
  readonly total: number;
  readonly items: readonly { readonly name: string; readonly description: string; readonly sku: string }[];
  readonly facets: {
    readonly category: readonly { readonly slug: string; readonly name: string; readonly count: number }[];
    readonly price: { readonly min: string | null; readonly max: string | null };
  };
}

withData('the demonstration catalogue', () => {
  let shop: TestApp;
  let products: readonly DemoProduct[];

  beforeAll(async () => {
    shop = await startApp();
    const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trim().split('\n');
    products = lines.map((line) => JSON.parse(line));
    const columns = { description: 'description', category: 'category', images: 'image' };
    const map = { sku: 'id', name: 'name', price: 'price', stock: 'current_stock', ...columns };
    const source = pipeline(createReadStream(FILE), createGunzip(), () => undefined);
    const service = shop.app.get(CatalogueImportService, { strict: false });
    expect(await service.run(source, { format: 'ndjson', map })).toMatchObject({ created: 2_465, refused: 0 });
  }, 120_000);
  afterAll(() => shop.close());

  async function list(query: Readonly<Record<string, unknown>>): Promise<Listed> {
    const { status, body } = await shop.http.get('/api/products').query({ perPage: 100, facets: true, ...query });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body;
  }

  const minor = (price: string): number => Math.round(Number(price) * 100);

  /** What the answer must say of these products of the file. */
  function expected(chosen: readonly DemoProduct[]) {
    const counts = new Map<string, number>();
    for (const { category } of chosen) counts.set(category, (counts.get(category) ?? 0) + 1);
    const prices = chosen.map(({ price }) => minor(price));
    const money = (amount: number): string | null => (chosen.length === 0 ? null : (amount / 100).toFixed(2));
    return {
      total: chosen.length,
      category: Object.fromEntries(counts),
      price: { min: money(Math.min(...prices)), max: money(Math.max(...prices)) },
    };
  }

  const told = ({ total, facets }: Listed) => {
    const category = Object.fromEntries(facets.category.map(({ name, count }) => [name, count]));
    return { total, category, price: facets.price };
  };

  const filters: [Readonly<Record<string, unknown>>, (product: DemoProduct) => boolean][] = [
    [{}, () => true],
    [{ category: 'footwear' }, ({ category }) => category === 'footwear'],
    [{ inStock: true }, (product) => Number(product.current_stock) > 0],
    [{ inStock: false }, (product) => Number(product.current_stock) === 0],
    [{ minPrice: '20', maxPrice: '50' }, ({ price }) => minor(price) >= 2_000 && minor(price) <= 5_000],
    [{ category: 'apparel', maxPrice: '99.99' }, (p) => p.category === 'apparel' && minor(p.price) <= 9_999],
  ];
  test.each(filters)('has the totals and facets of the file for %j', async (query, wanted) => {
    expect(told(await list(query))).toEqual(expected(products.filter(wanted)));
  });

  /** Words as a person reads them: letters and digits, whatever stands between. */
  const wordsOf = (text: string): string[] =>
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];

  test.each(['backpack', 'leather', 'red sneaker', 'summer dre', 'Crochet Backpack', 'wooden'])(
    'finds for %s what has all words, the last of them by its beginning, with facets of the same products',
    async (q) => {
      const [last = '', ...others] = wordsOf(q).reverse();
      const wanted = products.filter(({ id, name, description }) => {
        const words = wordsOf(`${id} ${name} ${description}`);
        return words.some((word) => word.startsWith(last)) && others.every((other) => words.includes(other));
      });
      expect(wanted.length).toBeGreaterThan(0);
      const answer = await list({ q });
      expect(told(answer)).toEqual(expected(wanted));
      // Whatever has all words in its name comes before what has them in its description alone.
      const inName = answer.items.map(({ name, sku }) => {
        const words = wordsOf(`${sku} ${name}`);
        return words.some((word) => word.startsWith(last)) && others.every((other) => words.includes(other));
      });
      expect(inName).toEqual([...inName].sort((a, b) => Number(b) - Number(a)));
    },
  );

  test('a slip of the finger finds what was meant', async () => {
    for (const [typed, meant] of [
      ['bakcpack', 'backpack'],
      ['sneeker', 'sneaker'],
      ['lether', 'leather'],
    ] as const) {
      const { items } = await list({ q: typed });
      expect(items.length).toBeGreaterThan(0);
      expect(items.some(({ name, description }) => `${name} ${description}`.toLowerCase().includes(meant))).toBe(true);
    }
  });

  test('a product is found first by its SKU', async () => {
    const [product] = products;
    expect((await list({ q: product?.id })).items[0]?.sku).toBe(product?.id);
  });
});
