import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PostalAddress } from '../../../common/postal-address.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { violatedConstraint } from '../../../platform/database/failures.js';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { storedAnswer } from '../../../platform/http/idempotency.repository.js';
import type { DeliveryCharges, Destination } from '../../shipping/shipping.events.js';
import { type BuyerKind, PLACE, QUOTES } from './checkout.statements.js';

/** Who buys: the id of the user, or the hash of a guest's cart token. */
export interface Buyer {
  readonly kind: BuyerKind;
  readonly key: string | Buffer;
}

export interface AskedItem {
  readonly productId: string;
  readonly quantity: number;
}

/** A line as the catalogue has it now; `forSale` is false for what is archived, inactive or unknown. */
export interface QuotedLine {
  readonly productId: string;
  readonly quantity: number;
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: bigint;
  readonly currency: string;
  readonly stock: number;
  /** Grams; null for not known. */
  readonly weight: number | null;
  /** Null for the standard one. */
  readonly taxCategory: string | null;
  readonly forSale: boolean;
  /** When the price becomes another one by itself. */
  readonly priceChangesAt: Date | null;
}

/** What a sale is priced from. */
export interface Quote {
  readonly number: string;
  readonly cart: { readonly id: string; readonly version: number } | null;
  /** Of the cart. */
  readonly couponCode: string | null;
  /** Whether the shop has promotions that apply by themselves. */
  readonly offered: boolean;
  readonly email: string | null;
  readonly address: PostalAddress | null;
  /** What shipping to the address can cost, and what is taxed there. */
  readonly destination: Pick<Destination, 'tariffs' | 'preferred' | 'rates'>;
  readonly lines: readonly QuotedLine[];
}

/** A priced sale, ready to be written. Amounts are minor units. */
export interface NewSale {
  readonly id: string;
  readonly number: string;
  readonly userId: string | null;
  /** The cart that is checked out, or that tells whose a guest's sale is. */
  readonly cart: Quote['cart'];
  /** How many open sales its buyer may have with it; 0 for any number. */
  readonly mostOpen: number;
  readonly checksOutCart: boolean;
  readonly email: string | null;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly pricesIncludeTax: boolean;
  /** Added or included, and its rate in millionths. */
  readonly shippingTax: bigint;
  readonly shippingTaxRate: bigint;
  readonly total: bigint;
  readonly address: PostalAddress;
  readonly shippingMethod: string | null;
  readonly couponCode: string | null;
  readonly promotions: readonly UsedPromotion[];
  /** Who stands for the buyer where uses are limited by customer. */
  readonly promotedCustomer: string | null;
  readonly placedAt: Date;
  readonly expiresAt: Date;
  readonly actor: string;
  readonly historyId: string;
  readonly placedEvent: { readonly id: string; readonly data: Readonly<Record<string, unknown>> };
  readonly lines: readonly NewSaleLine[];
}

/** A promotion that has a part in the price, as it was when it was priced. */
export interface UsedPromotion {
  readonly id: string;
  readonly version: number;
  /** Minor units. */
  readonly amount: bigint;
}

export interface NewSaleLine {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: bigint;
  readonly quantity: number;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly includedTax: bigint;
  /** In millionths. */
  readonly taxRate: bigint;
  readonly movementId: string;
  readonly stockEventId: string;
}

interface PlacedLevel {
  readonly productId: string;
  readonly stock: number;
  readonly delta: number;
  readonly version: number;
}

interface PlacedRow {
  readonly sold: number;
  readonly crowded: boolean;
  readonly levels: PlacedLevel[];
}

interface QuoteRow {
  readonly request_hash: Buffer | null;
  readonly status: number | null;
  readonly body: string | null;
  readonly number: string;
  readonly cart_id: string | null;
  readonly cart_version: number | null;
  readonly coupon_code: string | null;
  readonly offered: boolean;
  readonly email: string | null;
  readonly preferred: string | null;
  readonly address: PostalAddress | null;
  /** In the first row alone; null where nothing is charged. */
  readonly charges: DeliveryCharges | null;
  readonly product_id: string | null;
  readonly quantity: number;
  readonly sku: string | null;
  readonly name: string | null;
  readonly price: bigint | null;
  readonly currency: string | null;
  readonly stock: number | null;
  readonly weight: number | null;
  readonly tax_category: string | null;
  readonly next_price_change_at: Date | null;
  readonly for_sale: boolean | null;
}

const OVERTAKEN: ReadonlySet<string> = new Set([
  'products_stock_not_negative',
  'promotion_uses_nth_unique',
  'sales_open_place_unique',
]);

/**
 * The checkout. On purpose it writes tables of other modules (products, stock movements, carts, promotions): one statement that
 * does all is what keeps a sale whole, and several times as fast as one statement a step.
 */
@Injectable()
export class CheckoutRepository extends BaseRepository {
  /**
   * Reads what a sale is priced from, or the answer that the key's first request had.
   * @param addressId null for the default address; undefined where the request brings its own
   * @param country of the address that the request brings
   */
  async quote(
    buyer: Buyer,
    items: readonly AskedItem[] | undefined,
    addressId: string | null | undefined,
    country: string | undefined,
    request: IdempotentRequest | undefined,
  ): Promise<Quote | StoredAnswer> {
    const values: unknown[] = [request?.caller ?? null, request?.key ?? null, buyer.key, addressId ?? null];
    values.push(addressId !== undefined, country ?? null);
    if (items !== undefined)
      values.push(
        items.map((item) => item.productId),
        items.map((item) => item.quantity),
      );
    const rows = await this.rows<QuoteRow>(QUOTES[buyer.kind][items === undefined ? 'cart' : 'items'], values);
    const [head] = rows;
    if (head === undefined) throw new Error('The quote statement always answers a row.');
    if (request !== undefined && head.request_hash !== null && head.status !== null && head.body !== null) {
      return storedAnswer(request, { request_hash: head.request_hash, status: head.status, body: head.body });
    }
    const cart = head.cart_id === null ? null : { id: head.cart_id, version: head.cart_version ?? 0 };
    const { number, coupon_code: couponCode, offered, email, address, charges, preferred } = head;
    const destination = { tariffs: null, rates: null, ...charges, preferred };
    return { number, cart, couponCode, offered, email, address, destination, lines: rows.flatMap(toLine) };
  }

  /**
   * Writes the sale, reserves its stock and empties its cart, in one statement that is a transaction of its own.
   * @returns the levels that it left; `overtaken` where something changed since the quote, `crowded` where its buyer has as
   *   many open sales as anyone may: then nothing was written, and it must be quoted again
   */
  async place(
    sale: NewSale,
    answer: StoredAnswer,
    request: IdempotentRequest | undefined,
  ): Promise<(PlacedLevel & { readonly updatedAt: Date })[] | 'overtaken' | 'crowded'> {
    const values = placeValues(sale);
    if (request !== undefined) values.push(request.caller, request.key, request.hash, answer.status, answer.body);
    const { bare, keyed } = sale.promotions.length > 0 ? PLACE.promoted : PLACE.plain;
    const statement = request === undefined ? bare : keyed;
    try {
      const [row] = (await this.guarded<PlacedRow>(statement, values)) ?? [];
      if (row?.sold === 1) return row.levels.map((level) => ({ ...level, updatedAt: sale.placedAt }));
      return row?.crowded === true ? 'crowded' : 'overtaken';
    } catch (error) {
      // The level fell after the gate had looked at it: the constraint stood, and the next quote tells what there is.
      // So did that of who took the customer's last use of a promotion, or the same place among the open sales.
      if (OVERTAKEN.has(violatedConstraint(error) ?? '')) return 'overtaken';
      throw error;
    }
  }
}

function toLine(row: QuoteRow): QuotedLine[] {
  if (row.product_id === null) return [];
  return [
    {
      productId: row.product_id,
      quantity: row.quantity,
      sku: row.sku ?? '',
      name: row.name ?? '',
      unitPrice: row.price ?? 0n,
      currency: row.currency ?? '',
      stock: row.stock ?? 0,
      weight: row.weight,
      taxCategory: row.tax_category,
      forSale: row.for_sale === true,
      priceChangesAt: row.next_price_change_at,
    },
  ];
}

function placeValues(sale: NewSale): unknown[] {
  const { lines } = sale;
  return [
    sale.id,
    sale.number,
    sale.userId,
    sale.cart?.id ?? null,
    sale.cart?.version ?? null,
    sale.email,
    sale.currency,
    sale.subtotal,
    sale.discount,
    sale.shipping,
    sale.tax,
    sale.total,
    JSON.stringify(sale.address),
    sale.shippingMethod,
    sale.placedAt,
    sale.expiresAt,
    lines.map((line) => line.productId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.unitPrice),
    lines.map((line) => line.sku),
    lines.map((line) => line.name),
    lines.map((line) => line.discount),
    lines.map((line) => line.tax),
    lines.map((line) => line.movementId),
    lines.map((line) => line.stockEventId),
    sale.historyId,
    sale.actor,
    sale.placedEvent.id,
    JSON.stringify(sale.placedEvent.data),
    sale.checksOutCart,
    ...taxValues(sale),
    sale.mostOpen,
    sale.mostOpen === 0 ? 0 : randomInt(sale.mostOpen),
    ...(sale.promotions.length === 0 ? [] : promotionValues(sale)),
  ];
}

function taxValues({ lines, pricesIncludeTax, shippingTax, shippingTaxRate }: NewSale): unknown[] {
  const included = lines.map((line) => line.includedTax);
  const rates = lines.map((line) => line.taxRate);
  return [included, rates, pricesIncludeTax, shippingTax, shippingTaxRate];
}

function promotionValues({ promotions, promotedCustomer, couponCode }: NewSale): unknown[] {
  return [
    promotions.map(({ id }) => id),
    promotions.map(({ version }) => version),
    promotions.map(({ amount }) => amount),
    promotedCustomer,
    couponCode,
  ];
}
