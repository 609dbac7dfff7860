import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/security/principal.js';
import { guestOwner, userOwner } from './cart-owner.js';
import { CartOwners } from './cart-owners.service.js';
import { CartTotalsCache } from './cart-totals.cache.js';
import { CartsRepository } from './carts.repository.js';

/** The door for other modules: whose cart it is, and that it has changed. */
@Injectable()
export class CartsApi {
  constructor(
    private readonly owners: CartOwners,
    private readonly totals: CartTotalsCache,
    private readonly carts: CartsRepository,
  ) {}

  /**
   * Merges the guest cart of a token into a customer's and deletes it; quantities add up, to 999 at most. A token
   * that names no cart changes nothing.
   */
  adopt(userId: string, cartToken: string): Promise<void> {
    return this.owners.adopt(userId, cartToken);
  }

  /** Ends the kept total of the caller's cart: for changes after which its version does not tell. After the commit. */
  async changed(caller: Principal): Promise<void> {
    if (caller.kind === 'user') await this.totals.forget(userOwner(caller.userId));
    else if (caller.cartToken !== undefined) await this.totals.forget(guestOwner(caller.cartToken));
  }

  /** Deletes the cart of a customer, whose personal data is erased; joins the transaction under way. */
  async remove(userId: string): Promise<void> {
    await this.carts.removeOfUser(userId);
  }
}
