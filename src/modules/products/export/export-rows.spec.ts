import { Readable } from 'node:stream';
import fc from 'fast-check';
import { runs } from '../../../../test/support/runs.js';
import { newId } from '../../../common/ids.js';
import { type RowBatch, rowBatches } from '../import/row-batches.js';
import { SKU_PATTERN } from '../product.fields.js';
import type { ExportedProduct } from './catalogue-export.repository.js';
import { headerOf, placesOfCategories, toRow } from './export-rows.js';

const clean = (text: string): boolean => text.isWellFormed() && !/[^\P{Cc}\t\n\r]/u.test(text);
const hard = fc.constantFrom('=', '+', '-', '@', "'", '"', ',', '\r', '\n', '\t', ' ', '\\', '>', 'é', '茶', '🫖', 'a');
const free = (maxLength: number) =>
  fc.oneof(fc.string({ unit: hard, maxLength }), fc.string({ unit: 'grapheme', maxLength })).filter(clean);
const word = (maxLength: number) =>
  free(maxLength)
    .map((text) => text.trim())
    .filter((text) => text !== '' && text.length <= maxLength);
const slug = fc.string({ unit: fc.constantFrom(...'abc123'), minLength: 1, maxLength: 8 });

const HOME = { id: newId(), slug: 'home', name: 'Home > "Garden"', parent_id: null };
const POTS = { id: newId(), slug: 'pots', name: '=Pots\\', parent_id: HOME.id };

const money = (max: bigint) => fc.bigInt({ min: 0n, max });
const time = fc.option(fc.date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true }));

/** Whether its sale price is charged is told by the price beside it: a file knows of the regular one alone. */
const prices = fc
  .record({
    regular: money(1_000_000_000_000n),
    less: money(1_000n),
    times: fc.tuple(time, time),
    charged: fc.boolean(),
  })
  .map(({ regular, less, times, charged }) => {
    const sale = regular > less && less > 0n ? regular - less : null;
    const [from, to] = times.sort((one, other) => Number(one ?? 0) - Number(other ?? 0));
    const period =
      Number(from) === Number(to) ? { sale_from: from ?? null, sale_to: null } : { sale_from: from, sale_to: to };
    if (sale === null) return { price: regular, regular_price: null, sale_price: null, sale_from: null, sale_to: null };
    const row = charged ? { price: sale, regular_price: regular } : { price: regular, regular_price: null };
    return { ...row, sale_price: sale, ...period };
  });

const place = fc.oneof(
  fc.constant({ group_id: null, group_name: null, options: {} }),
  fc.record({ group_id: fc.uuid(), group_name: word(20), options: fc.record({ size: word(10), colour: word(10) }) }),
);

const plain = fc.record({
  id: fc.constant(newId()),
  sku: word(20).filter((text) => SKU_PATTERN.test(text)),
  slug,
  name: word(30),
  description: free(40),
  currency: fc.constant('USD'),
  stock: fc.nat({ max: 1_000_000_000 }),
  category_id: fc.constantFrom(null, HOME.id, POTS.id),
  attributes: fc.dictionary(
    word(10).filter((key) => key !== '__proto__'),
    free(10),
    { maxKeys: 4, noNullPrototype: true },
  ),
  images: fc.array(fc.constantFrom('/a.png', '/b|c.png', 'https://cdn.example/d.webp?x=1,2'), { maxLength: 3 }),
  active: fc.boolean(),
  low_stock_threshold: fc.option(fc.nat({ max: 1_000_000_000 })),
  weight: fc.option(fc.nat({ max: 1_000_000_000 })),
  tax_category: fc.constantFrom('standard', 'reduced', 'zero-2'),
});

const product: fc.Arbitrary<ExportedProduct> = fc
  .tuple(plain, prices, place)
  .map(([fields, priced, placed]) => ({ ...fields, ...priced, ...placed }));

const PATHS: Readonly<Record<string, unknown>> = {
  [HOME.id]: { names: [HOME.name], slugs: ['home'] },
  [POTS.id]: { names: [HOME.name, POTS.name], slugs: ['home', 'pots'] },
};

/** What is read of a row; nothing of what a product does not have. */
function expectedRow(each: ExportedProduct): object {
  const { sku, slug, name, stock, active, attributes, images } = each;
  const sale = { price: each.sale_price, from: each.sale_from, to: each.sale_to };
  const said = [
    each.description !== '' && { description: each.description },
    each.category_id !== null && { category: PATHS[each.category_id] },
    each.sale_price !== null && { sale },
    each.group_id !== null && { groupId: each.group_id, group: each.group_name, options: each.options },
    each.low_stock_threshold !== null && { lowStockThreshold: each.low_stock_threshold },
    each.weight !== null && { weight: each.weight },
  ];
  const always = { sku, slug, name, stock, active, attributes, images, line: expect.any(Number) };
  const taxed = { taxCategory: each.tax_category };
  return Object.assign({ ...always, ...taxed, price: each.regular_price ?? each.price }, ...said);
}

test.each(['csv', 'ndjson'] as const)('whatever a product holds comes back from a row of %s', async (format) => {
  const places = placesOfCategories([POTS, HOME]);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(product, { selector: ({ sku }) => sku, minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 60 }),
      async (products, size) => {
        const rows = products.map((each) => toRow(format, each, places.get(each.category_id ?? '')));
        const bytes = Buffer.from(headerOf(format) + rows.join(''));
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const batches: RowBatch[] = [];
        for await (const batch of rowBatches(Readable.from(pieces), { format, currency: 'USD' })) batches.push(batch);
        expect(batches.flatMap(({ problems }) => problems)).toEqual([]);
        expect(batches.flatMap((batch) => batch.rows)).toEqual(products.map(expectedRow));
      },
    ),
    { numRuns: runs(50) },
  );
});
