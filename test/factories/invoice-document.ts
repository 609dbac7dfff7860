import { newId } from '../../src/common/ids.js';
import type { InvoiceLine } from '../../src/modules/invoices/invoice-content.js';
import type { InvoiceDocument } from '../../src/modules/invoices/invoice-document.js';

export interface TestInvoice extends Omit<Partial<InvoiceDocument>, 'lines'> {
  readonly lines?: readonly Partial<Record<keyof InvoiceLine, string | number | bigint>>[];
}

const SELLER = {
  name: 'Harbour Street Trading Ltd',
  address: ['4 Harbour Street', '20457 Hamburg'],
  country: 'DE',
  email: null,
  taxId: 'DE123456789',
};
const BUYER = {
  name: 'Ada Lovelace',
  address: ['12 St James’s Square', 'SW1Y 4LB London'],
  country: 'GB',
  email: 'ada@example.com',
  taxId: null,
};

/** An invoice as it is read from the books, its totals being those of its lines and shipping. */
export function invoiceDocument({ lines = [{}], ...overrides }: TestInvoice = {}): InvoiceDocument {
  const kept = lines.map((line, index): InvoiceLine => {
    const unitPrice = BigInt(line.unitPrice ?? 1_999n);
    const quantity = Number(line.quantity ?? 1);
    return {
      productId: newId(),
      sku: String(line.sku ?? `SKU-${index + 1}`),
      name: String(line.name ?? `Product ${index + 1}`),
      unitPrice: String(unitPrice),
      quantity,
      discount: String(line.discount ?? 0n),
      tax: String(line.tax ?? 0n),
      lineTotal: String(line.lineTotal ?? unitPrice * BigInt(quantity)),
      ...(line.includedTax === undefined ? {} : { includedTax: String(line.includedTax) }),
      ...(line.taxRate === undefined ? {} : { taxRate: Number(line.taxRate) }),
    };
  });
  const sum = (key: 'lineTotal' | 'discount' | 'tax'): bigint =>
    kept.reduce((all, line) => all + BigInt(line[key]), 0n);
  const { shipping = 0n, subtotal = sum('lineTotal'), discount = sum('discount'), tax = sum('tax') } = overrides;
  return {
    id: newId(),
    kind: 'invoice',
    number: 'INV-2026-000001',
    sale_id: newId(),
    sale_number: 'S-1001',
    currency: 'USD',
    seller: SELLER,
    buyer: BUYER,
    issued_at: new Date('2026-11-21T10:00:00.000Z'),
    corrected_number: null,
    corrected_at: null,
    provider: 'stripe',
    ...{ prices_include_tax: false, shipping_tax: null, shipping_tax_rate: null },
    total: subtotal - discount + shipping + tax,
    ...overrides,
    lines: kept,
    subtotal,
    discount,
    shipping,
    tax,
  };
}

/** A credit note of it, for the whole. */
export function creditNote(invoice: InvoiceDocument): InvoiceDocument {
  return {
    ...invoice,
    id: newId(),
    kind: 'credit_note',
    number: 'CN-2026-000001',
    corrected_number: invoice.number,
    corrected_at: invoice.issued_at,
    issued_at: new Date('2026-12-02T16:30:00.000Z'),
  };
}
