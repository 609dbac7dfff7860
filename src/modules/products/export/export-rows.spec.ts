import { Readable } from 'node:stream';
import fc from 'fast-check';
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

const product: fc.Arbitrary<ExportedProduct> = fc.record({
  id: fc.constant(newId()),
  sku: word(20).filter((text) => SKU_PATTERN.test(text)),
  slug,
  name: word(30),
  description: free(40),
  price: fc.bigInt({ min: 0n, max: 1_000_000_000_000n }),
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
});

const PATHS: Readonly<Record<string, unknown>> = {
  [HOME.id]: { names: [HOME.name], slugs: ['home'] },
  [POTS.id]: { names: [HOME.name, POTS.name], slugs: ['home', 'pots'] },
};

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
        expect(batches.flatMap((batch) => batch.rows)).toEqual(
          products.map(({ id: _id, currency: _currency, category_id: categoryId, description, ...fields }) => ({
            ...fields,
            line: expect.any(Number),
            ...(description === '' ? {} : { description }),
            ...(categoryId === null ? {} : { category: PATHS[categoryId] }),
          })),
        );
      },
    ),
    { numRuns: 200 },
  );
});
