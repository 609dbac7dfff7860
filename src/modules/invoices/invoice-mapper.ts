import { formatMoney } from '../../common/money.js';
import { formatPercent } from '../../common/percent.js';
import type { InvoiceResponse } from './dto/invoice.response.js';
import { taxedPartsOf, taxSumsOf } from './invoice-parts.js';
import type { InvoiceRow } from './invoice-row.js';

/** An invoice as it is shown. */
export function toInvoice(row: InvoiceRow): InvoiceResponse {
  const money = (minor: bigint | string): string => formatMoney(BigInt(minor), row.currency);
  return {
    id: row.id,
    kind: row.kind,
    number: row.number,
    saleId: row.sale_id,
    saleNumber: row.sale_number,
    currency: row.currency,
    seller: row.seller,
    buyer: row.buyer,
    lines: row.lines.map((line) => ({
      productId: line.productId,
      sku: line.sku,
      name: line.name,
      unitPrice: money(line.unitPrice),
      quantity: line.quantity,
      discount: money(line.discount),
      tax: money(line.tax),
      includedTax: money(line.includedTax ?? 0n),
      taxRate: typeof line.taxRate === 'number' ? formatPercent(line.taxRate) : null,
      lineTotal: money(line.lineTotal),
    })),
    subtotal: money(row.subtotal),
    discount: money(row.discount),
    shipping: money(row.shipping),
    tax: money(row.tax),
    pricesIncludeTax: row.prices_include_tax,
    taxes: taxSumsOf(taxedPartsOf(row))
      .filter(({ base, tax }) => base !== 0n || tax !== 0n)
      .map(({ taxed, base, tax }) => ({ rate: formatPercent(taxed.rate), base: money(base), tax: money(tax) })),
    total: money(row.total),
    issuedAt: row.issued_at.toISOString(),
  };
}
