import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CartOwners } from './cart-owners.service.js';
import type { CartContents } from './carts.repository.js';
import { RefilledCartsRepository } from './refilled-carts.repository.js';
import { ShownCarts } from './shown-carts.cache.js';

/** The door to carts, for who checks them out. */
@Injectable()
export class CartsApi {
  constructor(
    private readonly owners: CartOwners,
    private readonly refilled: RefilledCartsRepository,
    private readonly shown: ShownCarts,
    private readonly clock: Clock,
  ) {}

  /**
   * Merges the guest cart of a token into a customer's; quantities add up, to 999 at most. A token that names no cart
   * changes nothing.
   */
  adopt(userId: string, cartToken: string): Promise<void> {
    return this.owners.adopt(userId, cartToken);
  }

  /**
   * A cart as this process has last shown it, which may be out of date: see {@link ShownCarts}. It is handed out once.
   * @param owner the id of a user, or the hash of a guest's token
   */
  takeShown(owner: string | Buffer): CartContents | undefined {
    return this.shown.take(owner);
  }

  /**
   * Gives a cart back what a sale has taken out of it, in the transaction under way, which must not have locked the sale
   * yet: a cart goes before everything else. What was put into it since stays in it; a cart that is no more gets nothing.
   */
  async refill(saleId: string): Promise<void> {
    const cartId = await this.refilled.hold(saleId, this.clock.now());
    if (cartId !== undefined) await this.refilled.refill(cartId, saleId);
  }
}
