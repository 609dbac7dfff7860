import { newId } from '../../common/ids.js';
import { type ProductRow, productTag, toProduct, versionsOf } from './product-row.js';

const row: ProductRow = {
  ...{ id: newId(), sku: 'A', slug: 'a', name: 'A', description: '', price: 1_999n, currency: 'JPY', stock: 0 },
  ...{
    attributes: {},
    images: [],
    active: true,
    low_stock_threshold: null,
    weight: null,
    tax_category: 'standard',
    version: 12,
    category_id: null,
    category_slug: null,
    category_name: null,
    regular_price: null,
    sale_price: null,
    sale_from: null,
    sale_to: null,
    next_price_change_at: null,
    group_id: null,
    option_names: null,
    options: {},
  },
  ...{ created_at: new Date(0), updated_at: new Date(1) },
};

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
