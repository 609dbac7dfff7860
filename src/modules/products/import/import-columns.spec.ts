import { gather, parseColumnMap, placesOf, sourcesOf } from './import-columns.js';

test('columns are found wherever they stand', () => {
  expect(placesOf(['price', ' name ', 'sku'], undefined)).toEqual(
    expect.arrayContaining([
      { column: 'price', theirs: 'price', index: 0 },
      { column: 'name', theirs: 'name', index: 1 },
      { column: 'sku', theirs: 'sku', index: 2 },
    ]),
  );
});

test('a map leaves out what it does not name', () => {
  const map = parseColumnMap('sku=StockCode, name=Description,price=Modal=Price');
  const header = ['StockCode', 'Description', 'Modal=Price', 'stock', 'Other'];
  expect(placesOf(header, map).map(({ column }) => column)).toEqual(['sku', 'name', 'price']);
});

test.each([
  [['sku', 'name', 'price', 'colour', 'StockCode'], /"colour", "StockCode".*map/],
  [['sku', 'name'], /lacks the column price/],
  [['sku', 'sku', 'name', 'price'], /twice/],
])('the header %j is refused', (header, message) => {
  expect(() => placesOf(header, undefined)).toThrow(message);
});

test('a column of the map that the file lacks is named', () => {
  const map = parseColumnMap('sku=a,name=b,price=c');
  expect(() => placesOf(['a', 'b'], map)).toThrow(/"c" of the map/);
});

test.each([
  ['sku=a,name=b', /lacks the column price/],
  ['sku=a,sku=b,name=c,price=d', /twice/],
  ['code=a', /"code=a"/],
  ['sku', /"sku"/],
  ['sku=', /"sku="/],
  ['{"sku":"a"', /not JSON/],
  ['{"sku":"a","name":"b"}', /lacks the column price/],
  ['{"code":"a"}', /"code"/],
  ['{"sku":["a"],"name":"b","price":"c"}', /"sku" of the map/],
  ['{"sku":"a","name":"b","price":"c","attributes":{"__proto__":"d"}}', /"attributes" of the map/],
])('the map %j is refused', (text, message) => {
  expect(() => parseColumnMap(text)).toThrow(message);
});

test('attributes are gathered from columns of their own, and those that say nothing are left out', () => {
  const map = parseColumnMap('{"sku":"a","name":"b","price":"c","attributes":{"style":"d","size":"e","colour":"f"}}');
  const row: Record<string, unknown> = { a: '1', b: 'Mug', c: '2', d: 'mug', e: 7, f: '' };
  expect(gather(sourcesOf(map), ({ theirs }) => row[theirs])).toEqual({
    ...{ sku: '1', name: 'Mug', price: '2' },
    attributes: { style: 'mug', size: '7' },
  });
});
