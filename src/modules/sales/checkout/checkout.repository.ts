import { Injectable } from '@nestjs/common';
import type { PostalAddress } from '../../../common/postal-address.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { storedAnswer } from '../../../platform/http/idempotency.repository.js';
import type { DeliveryCharges, Destination } from '../../shipping/shipping.events.js';
import { type BuyerKind, QUOTES } from './checkout.statements.js';

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
  /** What was asked for, where the lines are made of it and what they are priced by does not tell: by it, problems are named. */
  readonly asked?: readonly AskedItem[] | undefined;
  /** Whether it is the cart as it was last shown, and nothing was read. */
  readonly asShown?: true;
}

interface QuoteRow {
  readonly request_hash: Buffer | null;
  readonly status: number | null;
  readonly body: string | null;
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

/** What checkouts are priced from. On purpose it reads tables of other modules: one round trip is all it takes. */
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
    const { coupon_code: couponCode, offered, email, address, charges, preferred } = head;
    const destination = { tariffs: null, rates: null, ...charges, preferred };
    return { cart, couponCode, offered, email, address, destination, lines: rows.flatMap(toLine) };
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
