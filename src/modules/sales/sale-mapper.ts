import { formatMoney } from '../../common/money.js';
import { formatPercent } from '../../common/percent.js';
import { completeAddress, type PostalAddress } from '../../common/postal-address.js';
import type { AdminSaleResponse, SaleItemResponse, SaleResponse } from './dto/sale.response.js';
import type { SaleStatus } from './lifecycle/sale-lifecycle.js';
import { taxesOfSale } from './sale-taxes.js';
import type { SaleEventData } from './sales.events.js';

/** A sale as it is read from its table; amounts are minor units. */
export interface SaleRow {
  readonly id: string;
  readonly number: string;
  readonly user_id: string | null;
  readonly cart_id: string | null;
  readonly email: string | null;
  readonly status: SaleStatus;
  readonly payment_status: string;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly prices_include_tax: boolean;
  readonly shipping_tax: bigint;
  readonly shipping_tax_rate: number | null;
  readonly total: bigint;
  readonly coupon_code: string | null;
  readonly shipping_method: string | null;
  readonly delivery_address: PostalAddress;
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly invoice_id: string | null;
  readonly placed_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date | null;
  /** Left out of a sale that is being placed. */
  readonly origin?: string | null;
}

export interface SaleItemRow {
  readonly sale_id: string;
  readonly product_id: string;
  readonly sku: string;
  readonly name: string;
  readonly unit_price: bigint;
  readonly quantity: number;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly included_tax: bigint;
  readonly tax_rate: number | null;
  readonly line_total: bigint;
}

function toItem(row: SaleItemRow, currency: string): SaleItemResponse {
  return {
    productId: row.product_id,
    sku: row.sku,
    name: row.name,
    unitPrice: formatMoney(row.unit_price, currency),
    quantity: row.quantity,
    discount: formatMoney(row.discount, currency),
    tax: formatMoney(row.tax, currency),
    includedTax: formatMoney(row.included_tax, currency),
    taxRate: row.tax_rate === null ? null : formatPercent(row.tax_rate),
    lineTotal: formatMoney(row.line_total, currency),
  };
}

/** A sale as its buyer sees it. */
export function toSale(row: SaleRow, items: readonly SaleItemRow[]): SaleResponse {
  const money = (minor: bigint): string => formatMoney(minor, row.currency);
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    paymentStatus: row.payment_status,
    currency: row.currency,
    items: items.map((item) => toItem(item, row.currency)),
    subtotal: money(row.subtotal),
    discount: money(row.discount),
    shipping: money(row.shipping),
    tax: money(row.tax),
    pricesIncludeTax: row.prices_include_tax,
    taxes: taxesOfSale(row, items),
    total: money(row.total),
    couponCode: row.coupon_code,
    shippingMethod: row.shipping_method,
    // PostgreSQL keeps the keys of jsonb in an order of its own.
    deliveryAddress: completeAddress(row.delivery_address),
    trackingNumber: row.tracking_number,
    carrier: row.carrier,
    invoiceId: row.invoice_id,
    placedAt: row.placed_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}

/** A sale as staff see it. */
export function toAdminSale(row: SaleRow, items: readonly SaleItemRow[]): AdminSaleResponse {
  return { ...toSale(row, items), userId: row.user_id, email: row.email, origin: row.origin ?? null };
}

/** What the events of a sale tell. */
export function toEventData(
  row: Pick<SaleRow, 'id' | 'number' | 'user_id' | 'currency' | 'total'>,
  status: string,
): SaleEventData {
  return {
    saleId: row.id,
    number: row.number,
    userId: row.user_id,
    status,
    currency: row.currency,
    total: formatMoney(row.total, row.currency),
  };
}
