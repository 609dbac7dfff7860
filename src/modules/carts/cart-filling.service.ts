import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { newToken } from '../../common/tokens.js';
import { type IdempotentRequest, StoredAnswer } from '../../platform/http/idempotency.js';
import { OncePerKey } from '../../platform/http/once-per-key.js';
import type { Principal } from '../../platform/security/principal.js';
import { ProductNotFound } from '../products/products.errors.js';
import { refusalOf } from './cart-limits.js';
import { type CartOwner, guestOwner } from './cart-owner.js';
import { CartOwners } from './cart-owners.service.js';
import { CartReader } from './cart-reader.service.js';
import { type CartContents, CartsRepository } from './carts.repository.js';
import type { AddCartItem } from './dto/cart.request.js';
import type { CartView } from './dto/cart.response.js';
import { ShownCarts } from './shown-carts.cache.js';

/** A cart, and the token that a guest gets with the first thing put into it. */
export interface FilledCart {
  readonly body: CartView;
  readonly newToken: string | undefined;
}

/** Puts products into carts: what a shop is asked most often to write, in one statement. */
@Injectable()
export class CartFilling {
  constructor(
    private readonly carts: CartsRepository,
    private readonly owners: CartOwners,
    private readonly reader: CartReader,
    private readonly shown: ShownCarts,
    private readonly once: OncePerKey,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds to a line or makes it; makes the cart too where there is none.
   * @returns the cart, or the first answer that was given under the same key
   * @throws {ProductNotFound} also for products that are archived or inactive
   * @throws {InvalidInput} naming quantity, where there would be more than 999 of the product
   * @throws {InsufficientStock} where there would be more than are in stock
   */
  async add(
    caller: Principal,
    item: AddCartItem,
    request: IdempotentRequest | undefined,
  ): Promise<FilledCart | StoredAnswer> {
    const fill = (): Promise<FilledCart> => this.fill(caller, item);
    if (request === undefined) return fill();
    return this.once.run(request, fill, ({ body }) => new StoredAnswer(200, JSON.stringify(body)));
  }

  private async fill(caller: Principal, item: AddCartItem): Promise<FilledCart> {
    const owner = await this.owners.ownerOf(caller);
    if (owner !== undefined) {
      const cart = await this.addTo(owner, item, owner.kind === 'user');
      if (cart !== undefined) return { body: await this.reader.view(owner, cart), newToken: undefined };
    }
    // A guest without a cart. A token that names none is not taken up: only we choose what opens a cart.
    const token = newToken();
    const guest = guestOwner(token);
    return { body: await this.reader.view(guest, await this.addTo(guest, item, true)), newToken: token };
  }

  /** Adds until it is done or refused. Undefined where there is no cart and none may be made. */
  private async addTo(owner: CartOwner, item: AddCartItem, mayMake: boolean): Promise<CartContents | undefined> {
    for (;;) {
      const line = { ...item, newCartId: newId(), mayMake };
      const addition = await this.carts.add(owner, line, this.clock.now());
      if (addition.outcome === 'no_product') throw new ProductNotFound();
      if (addition.outcome === 'held_back') {
        const refusal = refusalOf(addition.line);
        if (refusal !== undefined) throw refusal;
        return undefined;
      }
      if (addition.outcome === 'added') {
        const cart = await this.reader.current(owner, addition.cart ?? (await this.carts.find(owner)));
        if (cart !== undefined) this.shown.note(owner, cart);
        return cart;
      }
    }
  }
}
