import { Injectable } from '@nestjs/common';
import { LruMap } from '../../platform/cache/lru-map.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type CartOwner, keyOf, textOf } from './cart-owner.js';
import type { CartContents } from './carts.repository.js';

const MAX_CARTS = 2_000;
/** Longer ones take more memory than the reading of them is worth. */
const MAX_LINES = 20;

/**
 * Carts as this process has last shown them to their owners, for a checkout that would otherwise read what was just read.
 * They may be out of date at any time, here and in other replicas: whoever goes by them must make sure of all, and of the
 * cart by its version. Carts with a coupon are not among them, nor those of a shop that takes off or adds anything.
 */
@Injectable()
export class ShownCarts {
  private readonly carts = new LruMap<CartContents>(MAX_CARTS);

  constructor(private readonly uow: UnitOfWork) {}

  note(owner: CartOwner, cart: CartContents): void {
    // What is not committed yet may never have been, and its version may be given again.
    if (this.uow.active) return;
    const plain = cart.couponCode === null && !cart.offered && !cart.charged;
    if (plain && cart.lines.length > 0 && cart.lines.length <= MAX_LINES) this.carts.set(textOf(keyOf(owner)), cart);
    else this.forget(owner);
  }

  forget(owner: CartOwner): void {
    this.carts.delete(textOf(keyOf(owner)));
  }

  /**
   * Hands a cart out, once.
   * @param owner the id of a user, or the hash of a guest's token
   */
  take(owner: string | Buffer): CartContents | undefined {
    const key = textOf(owner);
    const cart = this.carts.get(key);
    if (cart !== undefined) this.carts.delete(key);
    return cart;
  }
}
