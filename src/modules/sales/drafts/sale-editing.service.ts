import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { completeAddress } from '../../../common/postal-address.js';
import { PricesApi } from '../../products/prices.api.js';
import { PromotionsApi } from '../../promotions/promotions.api.js';
import { ShippingApi } from '../../shipping/shipping.api.js';
import type { AskedItem, QuotedLine } from '../checkout/checkout.repository.js';
import { CheckoutService, mergeItems, type Purchaser } from '../checkout/checkout.service.js';
import type { NewSale } from '../checkout/new-sale.js';
import type { EditSale } from '../dto/draft.dto.js';
import type { SaleItemRow, SaleRow } from '../sale-mapper.js';
import { CartChanged } from '../sales.errors.js';
import { DraftsRepository, type HeldProduct } from './drafts.repository.js';

/** Prices and reserves a sale anew, in the transaction under way, which has locked it. */
@Injectable()
export class SaleEditing {
  constructor(
    private readonly checkouts: CheckoutService,
    private readonly drafts: DraftsRepository,
    private readonly prices: PricesApi,
    private readonly promotions: PromotionsApi,
    private readonly shipping: ShippingApi,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the sale as it would be placed now with these lines, this coupon and this address; what it holds already
   * counts as there for it.
   * @returns the products of which it holds more or less than before
   * @throws {InsufficientStock} naming each line that is short
   */
  async rewrite(
    sale: SaleRow,
    items: readonly SaleItemRow[],
    body: EditSale,
    staffId: string,
  ): Promise<readonly string[]> {
    const held = new Map<string, number>();
    for (const { product_id: id, quantity } of items) held.set(id, (held.get(id) ?? 0) + quantity);
    const wanted = body.items === undefined ? asWanted(held) : mergeItems(body.items);
    const ids = [...new Set([...held.keys(), ...wanted.map(({ productId }) => productId)])];
    await this.prices.applyDue(ids);
    const products = await this.drafts.holdProducts(ids);
    await this.promotions.beginAnew(sale.id, body.couponCode === undefined ? sale.coupon_code : body.couponCode);
    const next = await this.price(sale, body, quoteLines(wanted, products, held), staffId);
    const more = differences(held, wanted);
    await this.drafts.rewrite(sale.id, next, more, staffId, this.clock.now());
    const taken = await this.promotions.take(sale.id, { used: next.promotions, customer: next.promotedCustomer });
    if (!taken) throw new CartChanged();
    return [...more.keys()];
  }

  private async price(sale: SaleRow, body: EditSale, lines: readonly QuotedLine[], staffId: string): Promise<NewSale> {
    const { country } = body.deliveryAddress ?? sale.delivery_address;
    const { tariffs, rates } = await this.shipping.destination(null, country);
    const purchaser: Purchaser = sale.user_id === null ? { kind: 'guest' } : { kind: 'user', userId: sale.user_id };
    const quote = {
      cart: null,
      couponCode: body.couponCode === undefined ? sale.coupon_code : null,
      offered: true,
      email: sale.email,
      address: completeAddress(sale.delivery_address),
      destination: { tariffs, rates, preferred: sale.shipping_method },
      lines,
      asked: body.items,
    };
    const wish = {
      deliveryAddress: body.deliveryAddress,
      couponCode: body.couponCode ?? undefined,
      shippingMethod: body.shippingMethod,
      email: sale.user_id === null ? (sale.email ?? undefined) : undefined,
    };
    const draft = { actor: staffId, expiresAt: sale.expires_at ?? this.clock.now() };
    return this.checkouts.price(purchaser, wish, quote, draft);
  }
}

const asWanted = (held: ReadonlyMap<string, number>): AskedItem[] =>
  [...held].map(([productId, quantity]) => ({ productId, quantity }));

/** A product that is no longer for sale may stay in as far as the sale holds it. */
function quoteLines(
  wanted: readonly AskedItem[],
  products: ReadonlyMap<string, HeldProduct>,
  held: ReadonlyMap<string, number>,
): QuotedLine[] {
  return wanted.map(({ productId, quantity }) => {
    const product = products.get(productId);
    const own = held.get(productId) ?? 0;
    return {
      productId,
      quantity,
      sku: product?.sku ?? '',
      name: product?.name ?? '',
      unitPrice: product?.price ?? 0n,
      currency: product?.currency ?? '',
      stock: (product?.stock ?? 0) + own,
      weight: product?.weight ?? null,
      taxCategory: product?.tax_category ?? null,
      forSale: product !== undefined && (product.for_sale || quantity <= own),
      priceChangesAt: null,
    };
  });
}

/** By product, how many more pieces are wanted than are held. */
function differences(held: ReadonlyMap<string, number>, wanted: readonly AskedItem[]): ReadonlyMap<string, number> {
  const more = new Map([...held].map(([id, quantity]) => [id, -quantity]));
  for (const { productId, quantity } of wanted) more.set(productId, (more.get(productId) ?? 0) + quantity);
  return new Map([...more].filter(([, quantity]) => quantity !== 0));
}
