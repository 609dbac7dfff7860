import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { type FieldProblem, InvalidInput, NotFound } from '../../../common/domain-error.js';
import { newId } from '../../../common/ids.js';
import { completeAddress, type PostalAddress } from '../../../common/postal-address.js';
import { hashToken } from '../../../common/tokens.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { type Principal, TokenMissing } from '../../../platform/security/principal.js';
import { type Charges, type PricedLine, price } from '../../pricing/pricing.api.js';
import { type OfferedPrice, type OfferedTo, PromotionsApi } from '../../promotions/promotions.api.js';
import { parcelOf, ShippingApi } from '../../shipping/shipping.api.js';
import { TaxesApi } from '../../taxes/taxes.api.js';
import type { PlaceSale } from '../dto/place-sale.dto.js';
import type { SaleResponse } from '../dto/sale.response.js';
import { type SaleItemRow, type SaleRow, toEventData, toSale } from '../sale-mapper.js';
import { CartChanged, CartEmpty, InsufficientStock, ProductsNotForSale, TooManyOpenSales } from '../sales.errors.js';
import type { AskedItem, Buyer, Quote } from './checkout.repository.js';
import type { NewSale, NewSaleLine } from './new-sale.js';
import { PlacementQueue } from './placement-queue.service.js';
import { Quotes } from './quotes.service.js';

/** Tries before a checkout gives up on a cart or on prices that keep changing under it. */
const ATTEMPTS = 20;

/** Whom a sale is for: an account, or nobody who has one. */
export type Purchaser = { readonly kind: 'guest' } | { readonly kind: 'user'; readonly userId: string };

/** What differs where staff place a sale for somebody. */
export interface Draft {
  /** The member of staff. */
  readonly actor: string;
  readonly expiresAt: Date;
}

/**
 * Places sales. Two round trips to the database: one reads what pricing needs, one writes everything or nothing; a third
 * asks for promotions, where there are any or a coupon is named. A cart that was just shown, in a shop that takes nothing
 * off and adds nothing, needs not be read again: then the second does all.
 * Where a price, the cart or the stock changed in between, it is priced again.
 */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly quotes: Quotes,
    private readonly placements: PlacementQueue,
    private readonly promotions: PromotionsApi,
    private readonly taxes: TaxesApi,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @returns the placed sale, or the first answer that was given under the same key
   * @throws {InsufficientStock} naming each line that is short
   * @throws {TooManyOpenSales}
   */
  async place(
    principal: Principal,
    body: PlaceSale,
    request: IdempotentRequest | undefined,
  ): Promise<SaleResponse | StoredAnswer> {
    return this.placeFor(principal, buyerOf(principal, body), body, request);
  }

  /** The same for whoever it is for; a draft within the transaction under way, in which its products are locked. */
  async placeFor(
    principal: Purchaser,
    buyer: Buyer,
    body: PlaceSale,
    request: IdempotentRequest | undefined,
    draft?: Draft,
  ): Promise<SaleResponse | StoredAnswer> {
    const items = body.items === undefined ? undefined : mergeItems(body.items);
    const addressId = wantedAddress(body);
    let crowded = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const quote =
        (attempt === 0 && draft === undefined ? this.quotes.shown(buyer, body) : undefined) ??
        (await this.quotes.read(buyer, items, addressId, body.deliveryAddress?.country, request));
      if (quote instanceof StoredAnswer) return quote;
      const sale = await this.price(principal, body, quote, draft);
      const answer = this.answerOf(sale);
      const placed = await this.placements.place({ sale, answer: toRecord(answer, body), request });
      if (typeof placed === 'object') return Object.assign(answer, placed);
      // What was refused may have ended the transaction that a draft is in.
      if (draft !== undefined) break;
      // Of requests under one key, the first may have taken the last place: then the next quote tells its answer.
      if (placed === 'crowded' && crowded) throw new TooManyOpenSales(sale.mostOpen);
      crowded = placed === 'crowded';
    }
    throw new CartChanged();
  }

  /** A sale as it would be placed at this moment. */
  async price(principal: Purchaser, body: PlaceSale, quote: Quote, draft?: Draft): Promise<NewSale> {
    if (principal.kind === 'guest' && quote.cart === null && draft === undefined) throw new NotFound('cart');
    const address = addressOf(body, quote);
    const lines = sellable(quote, body.items, this.config.STORE_CURRENCY);
    const userId = principal.kind === 'user' ? principal.userId : null;
    const buyer = { userId, email: userId === null ? (body.email ?? null) : null };
    const destination = { ...quote.destination, country: address.country, region: address.region };
    const sent = ShippingApi.choose(destination, parcelOf(lines), body.shippingMethod);
    const charges = this.taxes.charges(lines, destination, sent);
    const offered = await this.offer(body, quote, buyer, charges);
    const { subtotal, discount, shipping, tax, total, pricesIncludeTax, shippingTax, shippingTaxRate } = offered;
    const now = this.clock.now();
    const id = newId();
    const currency = this.config.STORE_CURRENCY;
    const checksOutCart = body.items === undefined;
    return {
      id,
      userId,
      ...{ subtotal, discount, shipping, tax, total, pricesIncludeTax, shippingTax, shippingTaxRate },
      cart: checksOutCart || userId === null ? quote.cart : null,
      // One that is to be paid at once is counted when that is decided; one that staff draft is not the buyer's doing.
      mostOpen: body.payment === undefined && draft === undefined ? this.config.MAX_OPEN_RESERVATIONS : 0,
      checksOutCart,
      asShown: quote.asShown === true,
      email: userId === null ? (body.email ?? null) : quote.email,
      currency,
      address,
      shippingMethod: sent?.code ?? null,
      couponCode: offered.couponCode,
      promotions: offered.used,
      promotedCustomer: PromotionsApi.customerOf(buyer),
      placedAt: now,
      expiresAt: draft?.expiresAt ?? new Date(now.getTime() + this.config.RESERVATION_MINUTES * 60_000),
      actor: draft?.actor ?? (userId === null ? 'guest' : 'customer'),
      historyId: newId(),
      placedEvent: placedEvent({ id, number: '', user_id: userId, currency, total }, lines),
      lines: toNewLines(lines, offered.lines),
    };
  }

  private async offer(body: PlaceSale, quote: Quote, buyer: OfferedTo, charges: Charges): Promise<OfferedPrice> {
    const kept = body.items === undefined ? quote.couponCode : null;
    if (body.couponCode === undefined && kept === null && !quote.offered) {
      return { ...price(quote.lines, { ...charges, promotions: [] }), used: [], couponCode: null };
    }
    return this.promotions.priceSale(quote.lines, { named: body.couponCode, kept }, buyer, charges);
  }

  /** The answer is known before the sale is written, so that it can be kept with its idempotency key. */
  private answerOf(sale: NewSale): SaleResponse {
    const row: SaleRow = {
      id: sale.id,
      number: '',
      user_id: sale.userId,
      cart_id: sale.cart?.id ?? null,
      email: sale.email,
      status: 'pending',
      payment_status: 'pending',
      currency: sale.currency,
      subtotal: sale.subtotal,
      discount: sale.discount,
      shipping: sale.shipping,
      tax: sale.tax,
      prices_include_tax: sale.pricesIncludeTax,
      shipping_tax: sale.shippingTax,
      shipping_tax_rate: Number(sale.shippingTaxRate),
      total: sale.total,
      coupon_code: sale.couponCode,
      shipping_method: sale.shippingMethod,
      delivery_address: sale.address,
      carrier: null,
      tracking_number: null,
      invoice_id: null,
      placed_at: sale.placedAt,
      updated_at: sale.placedAt,
      expires_at: sale.expiresAt,
    };
    return toSale(row, itemsOf(sale));
  }
}

function placedEvent(sale: Parameters<typeof toEventData>[0], lines: Quote['lines']): NewSale['placedEvent'] {
  const items = lines.map(({ productId, sku, quantity }) => ({ productId, sku, quantity }));
  return { id: newId(), data: { ...toEventData(sale, 'pending'), items } };
}

function itemsOf(sale: NewSale): SaleItemRow[] {
  return sale.lines.map(
    (line): SaleItemRow => ({
      sale_id: sale.id,
      product_id: line.productId,
      sku: line.sku,
      name: line.name,
      unit_price: line.unitPrice,
      quantity: line.quantity,
      discount: line.discount,
      tax: line.tax,
      included_tax: line.includedTax,
      tax_rate: Number(line.taxRate),
      line_total: line.unitPrice * BigInt(line.quantity),
    }),
  );
}

function toNewLines(lines: Quote['lines'], priced: readonly PricedLine[]): NewSaleLine[] {
  return lines.map(({ productId, sku, name, unitPrice, quantity }, index) => ({
    productId,
    sku,
    name,
    unitPrice,
    quantity,
    discount: priced[index]?.discount ?? 0n,
    tax: priced[index]?.tax ?? 0n,
    includedTax: priced[index]?.includedTax ?? 0n,
    taxRate: priced[index]?.taxRate ?? 0n,
    movementId: newId(),
    stockEventId: newId(),
  }));
}

/** A sale that is to be paid at once is answered when that is decided. */
function toRecord(answer: SaleResponse, body: PlaceSale): StoredAnswer {
  const json = JSON.stringify(answer);
  return body.payment === undefined ? new StoredAnswer(201, json) : StoredAnswer.unfinished(json);
}

function buyerOf(principal: Principal, body: PlaceSale): Buyer {
  if (principal.kind === 'user') {
    if (body.email !== undefined) throw InvalidInput.field('email', 'is for guests; an account has its own');
    return { kind: 'user', key: principal.userId };
  }
  if (principal.cartToken === undefined) throw new TokenMissing();
  if (body.email === undefined) throw InvalidInput.field('email', 'is required without an account');
  if (body.deliveryAddressId !== undefined) throw InvalidInput.field('deliveryAddressId', 'needs an account');
  return { kind: 'guest', key: hashToken(principal.cartToken) };
}

/** One line a product: the same product twice is one line with the sum. */
export function mergeItems(items: readonly AskedItem[]): AskedItem[] {
  const quantities = new Map<string, number>();
  items.forEach(({ productId, quantity }, index) => {
    const id = productId.toLowerCase();
    const sum = (quantities.get(id) ?? 0) + quantity;
    if (sum > 999) throw InvalidInput.field(`items.${index}.quantity`, 'adds up to more than 999 of one product');
    quantities.set(id, sum);
  });
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}

/** Which saved address to read: an id, the default one (null), or none (undefined). */
function wantedAddress(body: PlaceSale): string | null | undefined {
  if (body.deliveryAddress === undefined) return body.deliveryAddressId ?? null;
  if (body.deliveryAddressId === undefined) return undefined;
  throw InvalidInput.field('deliveryAddress', 'cannot stand beside deliveryAddressId');
}

function addressOf(body: PlaceSale, quote: Quote): PostalAddress {
  if (body.deliveryAddress !== undefined) return completeAddress(body.deliveryAddress);
  if (quote.address !== null) return quote.address;
  if (body.deliveryAddressId !== undefined) throw new NotFound('delivery_address');
  throw InvalidInput.field('deliveryAddress', 'is required: there is no default delivery address');
}

/**
 * The lines, once all can be sold; the same check stands, under locks, in the statement that writes them.
 * @param items of the request, which may name a product more than once
 */
function sellable(quote: Quote, items: readonly AskedItem[] | undefined, currency: string): Quote['lines'] {
  const { lines } = quote;
  const asked = items ?? quote.asked ?? lines;
  if (lines.length === 0) throw new CartEmpty();
  const gone: FieldProblem[] = [];
  const short: FieldProblem[] = [];
  for (const line of lines) {
    const { productId, stock, quantity } = line;
    if (!line.forSale || line.currency !== currency) {
      gone.push({ path: `${pathOf(productId, asked)}.productId`, message: 'is not for sale', productId });
    } else if (stock < quantity) {
      const message = stock === 0 ? 'is sold out' : `only ${stock} left`;
      const path = `${pathOf(productId, asked)}.quantity`;
      short.push({ path, message, productId, requested: quantity, available: stock });
    }
  }
  if (gone.length > 0) throw new ProductsNotForSale(gone);
  if (short.length > 0) throw new InsufficientStock(short);
  return lines;
}

function pathOf(product: string, items: readonly AskedItem[]): string {
  return `items.${items.findIndex(({ productId }) => productId.toLowerCase() === product)}`;
}
