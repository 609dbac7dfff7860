import fc from 'fast-check';
import { invoiceDocument, type TestInvoice } from '../../../../test/factories/invoice-document.js';
import { runs } from '../../../../test/support/runs.js';
import { minorDigits } from '../../../common/money.js';
import { price } from '../../pricing/pricing.api.js';
import type { InvoiceDocument } from '../invoice-document.js';
import { toEInvoice } from './e-invoice.js';

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n);

const line = fc
  .record({ unitPrice: fc.bigInt({ min: 0n, max: 10_000_000n }), quantity: fc.integer({ min: 1, max: 999 }) })
  .chain(({ unitPrice, quantity }) =>
    fc.record({
      unitPrice: fc.constant(unitPrice),
      quantity: fc.constant(quantity),
      discount: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: unitPrice * BigInt(quantity) })),
      percent: fc.constantFrom(0n, 7n, 19n),
    }),
  )
  .map(({ percent, ...each }) => {
    const net = each.unitPrice * BigInt(each.quantity) - each.discount;
    return { ...each, tax: (net * percent + 50n) / 100n };
  });

const invoices = (currencies: readonly string[], taxed: boolean): fc.Arbitrary<InvoiceDocument> =>
  fc
    .record({
      currency: fc.constantFrom(...currencies),
      lines: fc.array(taxed ? line : line.map((each) => ({ ...each, tax: 0n })), { minLength: 1, maxLength: 30 }),
      shipping: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 100_000n })),
      extra: fc.bigInt({ min: 0n, max: 5_000n }),
    })
    .map(({ extra, ...invoice }) => {
      const own = invoiceDocument(invoice as TestInvoice);
      // The tax of the shipping is in that of the whole, and a document may hold more than its lines.
      const tax = taxed && invoice.shipping > 0n ? own.tax + (invoice.shipping * 19n + 50n) / 100n : own.tax;
      return invoiceDocument({ ...invoice, tax, subtotal: own.subtotal + extra } as TestInvoice);
    });

/** The rules of EN 16931 on totals. */
function expectRules(document: InvoiceDocument): void {
  const e = toEInvoice(document);
  const allowances = e.adjustments.filter(({ isCharge }) => !isCharge);
  const charges = e.adjustments.filter(({ isCharge }) => isCharge);
  expect(e.lineTotal).toBe(sum(e.lines.map(({ net }) => net))); // BR-CO-10
  expect(e.allowanceTotal).toBe(sum(allowances.map(({ amount }) => amount))); // BR-CO-11
  expect(e.chargeTotal).toBe(sum(charges.map(({ amount }) => amount))); // BR-CO-12
  expect(e.withoutTax).toBe(e.lineTotal - e.allowanceTotal + e.chargeTotal); // BR-CO-13
  expect(e.taxTotal).toBe(sum(e.taxes.map(({ tax }) => tax))); // BR-CO-14
  expect(e.withTax).toBe(e.withoutTax + e.taxTotal); // BR-CO-15
  for (const { taxed, base, tax } of e.taxes) {
    const isOf = (each: { taxed: { category: string; rate: bigint } }): boolean =>
      each.taxed.category === taxed.category && each.taxed.rate === taxed.rate;
    const lines = sum(e.lines.filter(isOf).map(({ net }) => net));
    const more = sum(charges.filter(isOf).map(({ amount }) => amount));
    const less = sum(allowances.filter(isOf).map(({ amount }) => amount));
    expect(base).toBe(lines + more - less); // BR-S-8, BR-Z-8, BR-O-8
    if (taxed.category !== 'S') expect([tax, taxed.rate]).toEqual([0n, 0n]); // BR-Z-9, BR-O-9
  }
  const categories = new Set(e.taxes.map(({ taxed }) => taxed.category));
  expect(categories.has('O') && categories.size > 1).toBe(false); // BR-O-11
  expect(e.decimals).toBeLessThanOrEqual(2); // BR-DEC
  for (const { amount } of e.adjustments) expect(amount).toBeGreaterThanOrEqual(0n);
}

const RATES = [0n, 55_000n, 70_000n, 100_000n, 190_000n, 255_000n];

/** Sales as a shop charges them that rounds taxes on their sums. */
const sold = fc
  .record({
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    lines: fc.array(
      fc.record({
        unitPrice: fc.bigInt({ min: 1n, max: 20_000n }),
        quantity: fc.integer({ min: 1, max: 20 }),
        rate: fc.constantFrom(...RATES),
      }),
      { minLength: 1, maxLength: 60 },
    ),
    shipping: fc.bigInt({ min: 0n, max: 2_000n }),
    shippingTaxRate: fc.constantFrom(...RATES),
    pricesIncludeTax: fc.boolean(),
    roundingMode: fc.constantFrom('half-up' as const, 'half-even' as const),
  })
  .map(({ currency, lines, shipping, shippingTaxRate, pricesIncludeTax, roundingMode }): InvoiceDocument => {
    const wanted = lines.map(({ unitPrice, quantity }, index) => ({ productId: String(index), unitPrice, quantity }));
    const tax = { pricesIncludeTax, roundingPer: 'total', roundingMode } as const;
    const taxRateOf = ({ productId }: { productId: string }): bigint => lines[Number(productId)]?.rate ?? 0n;
    const priced = price(wanted, { promotions: [], shipping, tax, taxRateOf, shippingTaxRate });
    return invoiceDocument({
      currency,
      lines: priced.lines.map((each, index) => ({ ...wanted[index], ...each })),
      shipping,
      tax: priced.tax,
      ...{ prices_include_tax: pricesIncludeTax, shipping_tax: priced.shippingTax },
      shipping_tax_rate: Number(shippingTaxRate),
    });
  });

describe('the amounts of an electronic invoice', () => {
  it('have the tax that the standard works out of the sums, where it was rounded on these', () => {
    fc.assert(
      fc.property(sold, (document) => {
        expectRules(document);
        const { decimals, taxes } = toEInvoice(document);
        const one = 10n ** BigInt(decimals);
        for (const { taxed, base, tax } of taxes) {
          // BR-S-9 and BR-CO-17 compare with what the rate gives, rounded to two decimals, and forgive less than 1.00.
          const given = (base * taxed.rate * 100n + (one * 1_000_000n) / 2n) / (one * 1_000_000n);
          expect((tax * 100n) / one - given).toBeGreaterThan(-100n);
          expect((tax * 100n) / one - given).toBeLessThan(100n);
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it.each([
    ['untaxed', false],
    ['taxed', true],
  ])('add up by every rule of the standard, %s', (_, taxed) => {
    fc.assert(fc.property(invoices(['USD', 'JPY', 'KWD', 'CLF'], taxed), expectRules), { numRuns: runs(150) });
  });

  it('are those of the books in currencies of up to two decimals', () => {
    fc.assert(
      fc.property(invoices(['USD', 'JPY', 'EUR'], true), (document) => {
        const e = toEInvoice(document);
        expect([e.isRounded, e.withTax, e.taxTotal]).toEqual([false, document.total, document.tax]);
        for (const [index, { net, gross, allowance }] of e.lines.entries()) {
          expect(net).toBe(gross - allowance);
          expect(allowance).toBe(BigInt(document.lines[index]?.discount ?? 0n));
        }
      }),
    );
  });

  it('come to the rounded total in others, each less than a hundredth off', () => {
    fc.assert(
      fc.property(invoices(['KWD', 'CLF'], false), (document) => {
        const unit = 10n ** BigInt(minorDigits(document.currency) - 2);
        const e = toEInvoice(document);
        expect(e.withTax).toBe((document.total + unit / 2n) / unit);
        for (const [index, { net }] of e.lines.entries()) {
          const { lineTotal = '0', discount = '0' } = document.lines[index] ?? {};
          const off = net * unit - (BigInt(lineTotal) - BigInt(discount));
          expect(off > -unit && off < unit).toBe(true);
        }
      }),
    );
  });

  it('of a document without lines stand in one, as the standard asks', () => {
    const { lines, withTax } = toEInvoice(invoiceDocument({ lines: [], subtotal: 1_500n, kind: 'credit_note' }));
    expect(lines).toMatchObject([{ name: 'Credit for sale S-1001', sku: null, quantity: 1, net: 1_500n }]);
    expect(withTax).toBe(1_500n);
  });

  it('hold what totals have and lines have not as an allowance or a charge', () => {
    const document = invoiceDocument({
      lines: [{ unitPrice: 1_000n }],
      subtotal: 1_000n,
      discount: 250n,
      shipping: 490n,
    });
    expect(toEInvoice(document).adjustments).toMatchObject([
      { isCharge: true, reason: 'Shipping', reasonCode: 'FC', amount: 490n },
      { isCharge: false, reasonCode: '95', amount: 250n },
    ]);
  });
});
