import { parseRow } from './import-row.js';

const good = { sku: ' A-1 ', name: ' Mug ', price: '12.50' };

test('a full row is read with what every cell means', () => {
  const fields = {
    ...good,
    stock: ' 7 ',
    description: 'Blue',
    category: ' Kitchen ',
    attributes: '{"a":"b"}',
    images: '/a.png|/b.png  /c.png',
  };
  expect(parseRow(fields, 'USD', 2).problems).toBeUndefined();
  expect(parseRow(fields, 'USD', 2)).toEqual({
    product: {
      line: 2,
      ...{ sku: 'A-1', name: 'Mug', price: 1_250n, stock: 7, description: 'Blue' },
      category: { names: ['Kitchen'] },
      ...{ attributes: { a: 'b' }, images: ['/a.png', '/b.png', '/c.png'] },
    },
  });
});

test('JSON values are read as they are', () => {
  const fields = {
    ...good,
    sku: 85_123,
    price: 12.5,
    stock: 7,
    attributes: { a: 'b' },
    images: ['/a.png'],
    category: null,
  };
  expect(parseRow(fields, 'USD', 2)).toMatchObject({
    product: { sku: '85123', price: 1_250n, stock: 7, images: ['/a.png'] },
  });
});

test('empty cells are as good as absent ones', () => {
  const empty = { stock: '', description: '', category: '', attributes: '', images: '' };
  expect(parseRow({ ...good, ...empty }, 'USD', 2)).toEqual(parseRow(good, 'USD', 2));
});

test.each([
  ['sku', 'missing', { sku: '' }],
  ['sku', 'invalid', { sku: 'x'.repeat(65) }],
  ['sku', 'invalid', { sku: 'a\nb' }],
  ['name', 'missing', { name: undefined }],
  ['name', 'invalid', { name: 'a\u0000b' }],
  ['name', 'invalid', { name: { a: 1 } }],
  ['price', 'missing', { price: '' }],
  ['price', 'invalid', { price: '0.001' }],
  ['price', 'invalid', { price: '1,299.00' }],
  ['price', 'invalid', { price: '-1' }],
  ['price', 'invalid', { price: '$5' }],
  ['price', 'invalid', { price: true }],
  ['stock', 'invalid', { stock: '1.5' }],
  ['stock', 'invalid', { stock: '-1' }],
  ['stock', 'invalid', { stock: 2 ** 53 }],
  ['stock', 'invalid', { stock: '1e3' }],
  ['attributes', 'invalid', { attributes: '{a:1}' }],
  ['attributes', 'invalid', { attributes: '{"a":1}' }],
  ['images', 'invalid', { images: 'javascript:alert(1)' }],
  ['images', 'invalid', { images: [1] }],
  ['images', 'invalid', { images: Array.from({ length: 21 }, () => '/a') }],
  ['category', 'invalid', { category: ['a'] }],
  ['category', 'invalid', { category: 'Home > ' }],
  ['category', 'invalid', { category: 'x'.repeat(121) }],
  ['categorySlug', 'invalid', { category: 'Home', categorySlug: 'home/kitchen' }],
  ['categorySlug', 'invalid', { category: 'Home', categorySlug: 'Home' }],
  ['categorySlug', 'invalid', { categorySlug: 'home' }],
  ['images', 'invalid', { images: '["/a.png"' }],
  ['slug', 'invalid', { slug: 'export' }],
  ['slug', 'invalid', { slug: 'No Slug' }],
  ['currency', 'invalid', { currency: 'EUR' }],
  ['active', 'invalid', { active: 'perhaps' }],
])('a bad %s is %s: %j', (column, code, fields) => {
  expect(parseRow({ ...good, ...fields }, 'USD', 2).problems).toEqual([expect.objectContaining({ column, code })]);
});

test('everything that is wrong with a row is told at once', () => {
  const columns = parseRow({ stock: 'x' }, 'USD', 2).problems?.map(({ column }) => column);
  expect(columns).toEqual(['sku', 'name', 'price', 'stock']);
});

test('the digits of a price are those of the currency', () => {
  expect(parseRow({ ...good, price: '500' }, 'JPY', 2)).toMatchObject({ product: { price: 500n } });
  expect(parseRow({ ...good, price: '500.5' }, 'JPY', 2).problems).toHaveLength(1);
});

test('what an export adds is read back', () => {
  const fields = {
    ...good,
    description: ' two spaces  ',
    category: 'Home > Pots \\> Pans',
    categorySlug: 'home/pots-pans',
    ...{ images: '["/a|b.png"]', slug: 'mug-2', active: 'false', currency: 'USD' },
  };
  expect(parseRow(fields, 'USD', 2)).toMatchObject({
    product: {
      description: ' two spaces  ',
      category: { names: ['Home', 'Pots > Pans'], slugs: ['home', 'pots-pans'] },
      ...{ images: ['/a|b.png'], slug: 'mug-2', active: false },
    },
  });
});
