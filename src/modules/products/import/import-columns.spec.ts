import { parseColumnMap, placesOf } from './import-columns.js';

test('columns are found wherever they stand', () => {
  expect(placesOf(['price', ' name ', 'sku'], undefined)).toEqual(
    expect.arrayContaining([
      { column: 'price', index: 0 },
      { column: 'name', index: 1 },
      { column: 'sku', index: 2 },
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
])('the map %j is refused', (text, message) => {
  expect(() => parseColumnMap(text)).toThrow(message);
});
