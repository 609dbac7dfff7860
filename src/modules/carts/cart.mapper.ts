import { type CurrencyCode, formatMoney } from '../../common/money.js';
import type { Price } from '../pricing/pricing.api.js';
import type { CartContents, CartLine } from './carts.repository.js';
import type { CartItemView, CartTotalView, CartView } from './dto/cart.response.js';

function toItemView(line: CartLine, currency: CurrencyCode): CartItemView {
  return {
    productId: line.productId,
    sku: line.sku,
    name: line.name,
    unitPrice: formatMoney(line.unitPrice, currency),
    previousUnitPrice: line.knownPrice === line.unitPrice ? null : formatMoney(line.knownPrice, currency),
    quantity: line.quantity,
    lineTotal: formatMoney(line.unitPrice * BigInt(line.quantity), currency),
    available: line.sold && line.stock >= line.quantity,
  };
}

/** What a cart comes to. */
export function toTotalView(
  cart: CartContents | undefined,
  totals: Omit<Price, 'lines'>,
  currency: CurrencyCode,
): CartTotalView {
  return {
    currency,
    subtotal: formatMoney(totals.subtotal, currency),
    discount: formatMoney(totals.discount, currency),
    shipping: formatMoney(totals.shipping, currency),
    tax: formatMoney(totals.tax, currency),
    total: formatMoney(totals.total, currency),
    itemCount: (cart?.lines ?? []).reduce((pieces, { quantity }) => pieces + quantity, 0),
  };
}

/** A cart as its owner sees it; one that does not exist is empty and has no id. */
export function toCartView(
  cart: CartContents | undefined,
  totals: Omit<Price, 'lines'>,
  currency: CurrencyCode,
): CartView {
  return {
    id: cart?.id ?? null,
    items: (cart?.lines ?? []).map((line) => toItemView(line, currency)),
    ...toTotalView(cart, totals, currency),
    couponCode: cart?.couponCode ?? null,
  };
}
