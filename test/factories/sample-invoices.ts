import type { InvoiceDocument } from '../../src/modules/invoices/invoice-document.js';
import { creditNote, invoiceDocument } from './invoice-document.js';

const LONG_NAME =
  'Stainless steel double-walled insulated travel mug with leak-proof lid, 450 ml, midnight blue, with a name so long ' +
  'that it takes several lines of the table';
const UNREGISTERED = {
  name: 'Tiny Shop',
  address: ['1 Main Street', 'Springfield, IL 62701'],
  country: 'US',
  email: null,
  taxId: '12-3456789',
};

const invoices = {
  usd: invoiceDocument({
    lines: [
      { name: 'Ceramic mug, 300 ml', quantity: 2 },
      { name: LONG_NAME, unitPrice: 123_456_789n, quantity: 999, discount: 1_000n },
      { name: 'Ωραία Ελλάδα · Привет, мир · Žluťoučký kůň · Tiếng Việt · हिन्दी', unitPrice: 50n },
      { name: '日本語の商品 & <others>', unitPrice: 1n },
    ],
    shipping: 490n,
  }),
  'usd-unregistered': invoiceDocument({
    lines: [{ quantity: 2, unitPrice: 2_500n, discount: 100n }],
    shipping: 300n,
    seller: UNREGISTERED,
  }),
  'eur-taxed': invoiceDocument({
    currency: 'EUR',
    lines: [
      { quantity: 2, unitPrice: 1_000n, tax: 380n },
      { quantity: 1, unitPrice: 999n, tax: 190n },
      { quantity: 1, unitPrice: 1_500n, discount: 500n, tax: 70n },
      { quantity: 1, unitPrice: 500n },
    ],
    shipping: 490n,
    tax: 733n,
  }),
  'eur-rates': invoiceDocument({
    currency: 'EUR',
    lines: [
      { quantity: 3, unitPrice: 999n, tax: 599n, taxRate: 200_000 },
      { quantity: 1, unitPrice: 1_500n, discount: 500n, tax: 55n, taxRate: 55_000 },
      { quantity: 1, unitPrice: 500n, taxRate: 0 },
    ],
    shipping: 490n,
    tax: 752n,
    ...{ shipping_tax: 98n, shipping_tax_rate: 200_000 },
  }),
  'eur-included': invoiceDocument({
    currency: 'EUR',
    lines: [
      { quantity: 3, unitPrice: 1_000n, includedTax: 500n, taxRate: 200_000 },
      { quantity: 2, unitPrice: 1_055n, discount: 110n, includedTax: 104n, taxRate: 55_000 },
    ],
    shipping: 500n,
    ...{ prices_include_tax: true, shipping_tax: 83n, shipping_tax_rate: 200_000 },
  }),
  jpy: invoiceDocument({
    currency: 'JPY',
    lines: [{ unitPrice: 500n, quantity: 3, discount: 100n }, { unitPrice: 12_000n }],
    shipping: 800n,
  }),
  'jpy-taxed': invoiceDocument({
    currency: 'JPY',
    // 10 % of each would be 10.5: of both it is 21.
    lines: [
      { unitPrice: 105n, tax: 11n, taxRate: 100_000 },
      { unitPrice: 105n, tax: 10n, taxRate: 100_000 },
    ],
    seller: { ...UNREGISTERED, country: 'JP', taxId: 'JP1234567890123' },
  }),
  kwd: invoiceDocument({
    currency: 'KWD',
    lines: [{ unitPrice: 1_235n }, { unitPrice: 1_235n, discount: 12n }, { unitPrice: 333n, quantity: 7 }],
    shipping: 1_505n,
  }),
  'kwd-unregistered': invoiceDocument({ currency: 'KWD', lines: [{ unitPrice: 1_001n }], seller: UNREGISTERED }),
  amount: invoiceDocument({ lines: [], subtotal: 1_500n }),
  long: invoiceDocument({
    lines: Array.from({ length: 200 }, (_, index) => ({
      name: index % 7 === 0 ? LONG_NAME : `Article ${index + 1}`,
      quantity: 1 + (index % 9),
      unitPrice: BigInt(100 + index * 37),
      discount: index % 5 === 0 ? 25n : 0n,
    })),
    shipping: 990n,
  }),
};

/** Invoices of every kind that there is, and a credit note for each, by names. */
export const SAMPLES: Readonly<Record<string, InvoiceDocument>> = Object.fromEntries(
  Object.entries(invoices).flatMap(([name, invoice]) => [
    [name, invoice],
    [`${name}-credit`, creditNote(invoice)],
  ]),
);
