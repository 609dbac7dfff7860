import { productRow } from '../../../test/factories/product-row.js';
import { newId } from '../../common/ids.js';
import { productTag, toProduct, versionsOf } from './product-row.js';

const row = productRow(newId(), 12, { price: 1_999n, currency: 'JPY', stock: 0, updated_at: new Date(1) });

test('amounts have the digits of their currency', () => {
  expect(toProduct(row).price).toBe('1999');
  expect(toProduct({ ...row, currency: 'KWD' }).price).toBe('1.999');
});

test('a tag names its product and version, and changes with everything that is shown', () => {
  const tag = productTag(toProduct(row));
  expect(versionsOf([tag], row.id)).toEqual([12]);
  expect(versionsOf([tag], newId())).toEqual([]);
  expect(versionsOf(['"12"', 'nonsense', '""'], row.id)).toEqual([]);
  const category = { category_id: newId(), category_slug: 'c', category_name: 'C' };
  const tags = [row, { ...row, stock: 1 }, { ...row, version: 13 }, { ...row, ...category }].map((each) =>
    productTag(toProduct(each)),
  );
  expect(new Set(tags).size).toBe(4);
});
