import { type CurrencyCode, formatMoney } from '../../common/money.js';
import { type PricingLine, price } from '../pricing/pricing.api.js';
import type { CartContents, CartLine } from './carts.repository.js';
import type { CartItemView, CartTotalView, CartView } from './dto/cart.response.js';

function toItemView(line: CartLine, currency: CurrencyCode): CartItemView {
  const lineTotal = line.unitPrice * BigInt(line.quantity);
  return {
    productId: line.productId,
    sku: line.sku,
    name: line.name,
    unitPrice: formatMoney(line.unitPrice, currency),
    quantity: line.quantity,
    lineTotal: formatMoney(lineTotal, currency),
    available: line.sold && line.stock >= line.quantity,
  };
}

/** What a cart comes to. Shipping and tax are not known before there is an address. */
export function toTotalView(lines: readonly PricingLine[], currency: CurrencyCode): CartTotalView {
  const totals = price(lines);
  return {
    currency,
    subtotal: formatMoney(totals.subtotal, currency),
    discount: formatMoney(totals.discount, currency),
    shipping: formatMoney(totals.shipping, currency),
    tax: formatMoney(totals.tax, currency),
    total: formatMoney(totals.total, currency),
    itemCount: lines.reduce((pieces, { quantity }) => pieces + quantity, 0),
  };
}

/** A cart as its owner sees it; one that does not exist is empty and has no id. */
export function toCartView(cart: CartContents | undefined, currency: CurrencyCode): CartView {
  const lines = cart?.lines ?? [];
  return {
    id: cart?.id ?? null,
    items: lines.map((line) => toItemView(line, currency)),
    ...toTotalView(lines, currency),
    couponCode: cart?.couponCode ?? null,
  };
}
