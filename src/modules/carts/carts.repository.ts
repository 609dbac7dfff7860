import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { GatheredWrites } from '../../platform/database/gathered-writes.js';
import * as sql from './cart.statements.js';
import type { WantedLine } from './cart-limits.js';
import { type CartOwner, keyOf, textOf } from './cart-owner.js';

/** A line of a cart with what is known of its product now; prices in minor units. */
export interface CartLine {
  readonly productId: string;
  readonly unitPrice: bigint;
  /** What one was when its quantity was last set. */
  readonly knownPrice: bigint;
  readonly quantity: number;
  readonly sku: string;
  readonly name: string;
  /** When the price is to become another one by itself; null for never. */
  readonly priceChangesAt: Date | null;
  readonly stock: number;
  /** Grams; null for not known. */
  readonly weight: number | null;
  readonly taxCategory: string;
  /** Whether the product is active and not archived. */
  readonly sold: boolean;
}

/** Which cart, and which state of it: every change counts `version` up. */
export interface CartVersion {
  readonly id: string;
  readonly version: number;
}

/** A cart as it stood at one moment. */
export interface CartContents extends CartVersion {
  readonly couponCode: string | null;
  /** Whether the shop has promotions that apply by themselves. */
  readonly offered: boolean;
  /** Whether shipping or tax may be charged. */
  readonly charged: boolean;
  /** In the order of adding. */
  readonly lines: readonly CartLine[];
}

/** What came of adding to a cart. Only `added` has written anything. */
export type Addition =
  /** `cart` is left out where others changed the cart meanwhile: it must be read again. */
  | { readonly outcome: 'added'; readonly cart: CartContents | undefined }
  | { readonly outcome: 'no_product' }
  /** The limits of a cart are passed, or there is no cart and none may be made. */
  | { readonly outcome: 'held_back'; readonly line: WantedLine }
  /** Others took the room that there was: adding again succeeds, or tells what holds it back. */
  | { readonly outcome: 'overtaken' };

export interface LineToAdd {
  readonly productId: string;
  readonly quantity: number;
  /** Id of the cart to make, where there is none and one may be made. */
  readonly newCartId: string;
  readonly mayMake: boolean;
}

interface LineRow {
  readonly cart_id: string;
  readonly version: number;
  readonly coupon_code: string | null;
  readonly offered: boolean;
  readonly charged: boolean;
  readonly product_id: string | null;
  readonly quantity: number;
  readonly sku: string;
  readonly name: string;
  readonly price: bigint;
  readonly known_price: bigint;
  readonly next_price_change_at: Date | null;
  readonly stock: number;
  readonly weight: number | null;
  readonly tax_category: string;
  readonly sold: boolean;
}

interface AdditionRow extends Omit<LineRow, 'cart_id'> {
  readonly cart_id: string | null;
  readonly wanted: number | null;
  readonly gate_stock: number;
  readonly other_lines: number;
  readonly added: boolean;
  readonly exact: boolean;
}

/** Carts and their lines. */
@Injectable()
export class CartsRepository extends BaseRepository {
  private readonly additions = {
    user: new GatheredWrites((runs: readonly unknown[][]) => this.rowsOfEach<AdditionRow>(sql.ADD.user, runs)),
    guest: new GatheredWrites((runs: readonly unknown[][]) => this.rowsOfEach<AdditionRow>(sql.ADD.guest, runs)),
  };

  async find(owner: CartOwner): Promise<CartContents | undefined> {
    return contentsOf(await this.rows<LineRow>(sql.VIEW[owner.kind], [keyOf(owner)]));
  }

  /** Adds to the owner's cart, if the product is sold and the line keeps within the limits. */
  async add(owner: CartOwner, item: LineToAdd, now: Date): Promise<Addition> {
    const { productId, quantity, newCartId, mayMake } = item;
    const key = keyOf(owner);
    const values = [key, newCartId, productId, quantity, now, mayMake];
    const rows = this.inTransaction
      ? await this.rows<AdditionRow>(sql.ADD[owner.kind], values)
      : await this.additions[owner.kind].add(values, textOf(key));
    return additionOf(rows, productId);
  }

  /** Locks the owner's cart, bumps its version and gives its id, where there is one. */
  async hold(owner: CartOwner, now: Date): Promise<string | undefined> {
    return (await this.first<{ id: string }>(sql.HOLD[owner.kind], [keyOf(owner), now]))?.id;
  }

  /** Like {@link hold}, and makes the cart of a customer who has none. */
  async holdOrMake(userId: string, newCartId: string, now: Date): Promise<string> {
    return (await this.first<{ id: string }>(sql.HOLD_OR_MAKE, [userId, newCartId, now]))?.id ?? newCartId;
  }

  findVersion(owner: CartOwner): Promise<(CartVersion & { readonly destination: string | null }) | undefined> {
    return this.first(sql.VERSION[owner.kind], [keyOf(owner)]);
  }

  /** What a line of a cart that is held depends on. */
  findLine(cartId: string, productId: string): Promise<Pick<CartLine, 'stock' | 'sold'> | undefined> {
    return this.first(sql.FIND_LINE, [cartId, productId]);
  }

  async setQuantity(cartId: string, productId: string, quantity: number): Promise<void> {
    await this.affect(sql.SET_QUANTITY, [cartId, productId, quantity]);
  }

  /** Tells whether there was such a line. */
  async removeLine(cartId: string, productId: string): Promise<boolean> {
    return (await this.affect(sql.REMOVE_LINE, [cartId, productId])) === 1;
  }

  async removeLines(cartId: string): Promise<void> {
    await this.affect(sql.REMOVE_LINES, [cartId]);
  }

  /** Keeps a coupon with the owner's cart; makes one for it where there is none. */
  async setCoupon(owner: CartOwner, newCartId: string, code: string, now: Date): Promise<void> {
    await this.affect(sql.SET_COUPON[owner.kind], [keyOf(owner), newCartId, code, now]);
  }

  async clearCoupon(cartId: string): Promise<void> {
    await this.affect(sql.CLEAR_COUPON, [cartId]);
  }

  /** Deletes the cart of a customer. */
  async forget(userId: string): Promise<void> {
    await this.affect(sql.FORGET, [userId]);
  }

  /** Whether the cart of a guest has lines or a coupon. */
  async isFilled(guest: CartOwner): Promise<boolean> {
    return (await this.first(sql.FILLED, [keyOf(guest)])) !== undefined;
  }

  /**
   * Moves the lines of one held cart into another, its coupon where there is none, and deletes the first; that of a guest
   * who has bought from it is left, empty.
   */
  async absorb(intoId: string, fromId: string): Promise<void> {
    await this.affect(sql.MERGE, [intoId, fromId]);
    await this.affect(sql.MERGE_COUPON, [intoId, fromId]);
    await this.first(sql.RELEASE, [[fromId]]);
  }
}

function additionOf(rows: readonly AdditionRow[], productId: string): Addition {
  const [row] = rows;
  if (row === undefined || row.wanted === null) return { outcome: 'no_product' };
  if (row.cart_id === null) {
    const line = { productId, wanted: row.wanted, stock: row.gate_stock, otherLines: row.other_lines };
    return { outcome: 'held_back', line };
  }
  if (!row.added) return { outcome: 'overtaken' };
  return { outcome: 'added', cart: row.exact ? contentsOf(rows as readonly LineRow[]) : undefined };
}

function contentsOf(rows: readonly LineRow[]): CartContents | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const lines: CartLine[] = [];
  for (const row of rows) {
    if (row.product_id === null) continue;
    lines.push({
      productId: row.product_id,
      unitPrice: row.price,
      knownPrice: row.known_price,
      quantity: row.quantity,
      sku: row.sku,
      name: row.name,
      priceChangesAt: row.next_price_change_at,
      stock: row.stock,
      weight: row.weight,
      taxCategory: row.tax_category,
      sold: row.sold,
    });
  }
  const { cart_id: id, version, coupon_code: couponCode, offered, charged } = first;
  return { id, version, couponCode, offered, charged, lines };
}
