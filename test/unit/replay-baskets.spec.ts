import { planStock, readCatalogue, selectBaskets } from '../../bench/replay/baskets.mjs';
import { findGaps } from '../../bench/replay/checks.mjs';
import { formatMinor, parseMinor } from '../../bench/replay/minor-units.mjs';

const catalogue = readCatalogue([
  { StockCode: '85123A', Description: 'WHITE HEART ', ModalPrice: '2.55' },
  { StockCode: '85123a', Description: '', ModalPrice: '2.95' },
  { StockCode: 'PADS', Description: 'PADS', ModalPrice: '0.001' },
  { StockCode: '20689', Description: '', ModalPrice: '' },
]);

function row(InvoiceNo: string, StockCode: string, Quantity: string, UnitPrice = '2.55') {
  return { InvoiceNo, StockCode, Description: '', Quantity, UnitPrice, CustomerID: '17850', Country: 'United Kingdom' };
}

describe('the replay reads the catalogue', () => {
  it('keeps stock codes that differ only in case apart, and names a product without description by its code', () => {
    expect([...catalogue.products.values()]).toEqual([
      { sku: '85123A', name: 'WHITE HEART', price: 255n },
      { sku: '85123a', name: '85123a', price: 295n },
    ]);
  });

  it('refuses a product without a price or with one that pence cannot hold', () => {
    expect([...catalogue.refused]).toEqual([
      ['PADS', 'sub_penny_price'],
      ['20689', 'no_modal_price'],
    ]);
  });
});

describe('the replay selects baskets', () => {
  it('merges the same code on one invoice and prices it from the catalogue', () => {
    const { baskets } = selectBaskets([row('1', '85123A', '6', '9.99'), row('1', '85123A', '4')], catalogue, 5);
    expect(baskets).toHaveLength(1);
    expect(baskets[0]).toMatchObject({ invoice: '1', customer: '17850', units: 10, total: 2550n });
    expect(baskets[0]?.lines).toEqual(new Map([['85123A', 10]]));
  });

  it('counts what cannot be sold by its reason and passes over invoices with nothing else', () => {
    const rows = [
      row('C1', '85123A', '-6'),
      row('2', '85123A', '-3'),
      row('3', '85123A', '3', '0.0'),
      row('4', 'PADS', '3'),
      row('4', '20689', '3'),
      row('4', 'GONE', '3'),
      row('5', '85123A', '600'),
      row('5', '85123A', '400'),
      row('5', '85123a', '999'),
    ];
    const selection = selectBaskets(rows, catalogue, 5);
    expect(selection.baskets.map(({ invoice }) => invoice)).toEqual(['5']);
    expect(Object.fromEntries(selection.unsellable)).toEqual({
      cancelled_invoice: 1,
      negative_quantity: 1,
      no_price: 1,
      sub_penny_price: 1,
      no_modal_price: 1,
      unknown_product: 1,
      quantity_over_999: 2,
    });
    expect(selection.emptyInvoices).toBe(3);
    expect(selection.rows).toBe(rows.length);
  });

  it('stops at the given number of baskets and gathers lines of one invoice that lie apart', () => {
    const rows = [row('1', '85123A', '1'), row('2', '85123A', '1'), row('1', '85123a', '1'), row('3', '85123A', '1')];
    const { baskets } = selectBaskets(rows, catalogue, 2);
    expect(baskets.map(({ invoice, total }) => [invoice, total])).toEqual([
      ['1', 550n],
      ['2', 255n],
    ]);
  });
});

it('stocks each product with what is asked of it and a remainder', () => {
  const { baskets } = selectBaskets([row('1', '85123a', '6'), row('2', '85123a', '4')], catalogue, 5);
  const { initial, left } = planStock(catalogue.products, baskets);
  expect(Object.fromEntries(initial)).toEqual({ '85123A': 0, '85123a': 11 });
  expect(Object.fromEntries(left)).toEqual({ '85123A': 0, '85123a': 1 });
});

it.each([
  ['2.55', 255n],
  ['18', 1800n],
  ['0.5', 50n],
  ['2.550', 255n],
  ['0.001', undefined],
  ['-1.00', undefined],
  ['', undefined],
  ['1e3', undefined],
])('reads the price %p as %p pence', (text, minor) => {
  expect(parseMinor(text)).toBe(minor);
});

it.each([
  [0n, '0.00'],
  [5n, '0.05'],
  [123_456n, '1234.56'],
])('writes %p pence as %p', (minor, text) => {
  expect(formatMinor(minor)).toBe(text);
});

describe('the replay looks for gaps in invoice numbers', () => {
  it('accepts each kind and year counted from one in any order', () => {
    expect(findGaps(['INV-2026-000002', 'CN-2026-000001', 'INV-2026-000001', 'INV-2025-000001'])).toEqual([]);
  });

  it('names a missing, a repeated and a malformed number', () => {
    expect(findGaps(['INV-2026-000001', 'INV-2026-000003'])).toEqual([
      'INV-2026: number 2 is missing or twice there (3 is in its place)',
    ]);
    expect(findGaps(['INV-2026-000001', 'INV-2026-000001'])).toHaveLength(1);
    expect(findGaps(['A1'])).toEqual(['"A1" is no invoice number']);
  });
});
