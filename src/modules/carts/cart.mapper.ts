import { type CurrencyCode, formatMoney } from '../../common/money.js';
import { cartTotals, lineTotal, type PricedLine } from './cart-totals.js';
import type { CartContents, CartLine } from './carts.repository.js';
import type { CartItemView, CartTotalView, CartView } from './dto/cart.response.js';

function toItemView(line: CartLine, currency: CurrencyCode): CartItemView {
  return {
    productId: line.productId,
    sku: line.sku,
    name: line.name,
    unitPrice: formatMoney(line.unitPrice, currency),
    quantity: line.quantity,
    lineTotal: formatMoney(lineTotal(line), currency),
    available: line.sold && line.stock >= line.quantity,
  };
}

export function toTotalView(lines: readonly PricedLine[], currency: CurrencyCode): CartTotalView {
  const totals = cartTotals(lines);
  return {
    currency,
    subtotal: formatMoney(totals.subtotal, currency),
    discount: formatMoney(totals.discount, currency),
    shipping: formatMoney(totals.shipping, currency),
    tax: formatMoney(totals.tax, currency),
    total: formatMoney(totals.total, currency),
    itemCount: totals.itemCount,
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
