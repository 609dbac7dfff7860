import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Principal } from '../../platform/security/principal.js';
import { type CartOwner, guestOwner, userOwner } from './cart-owner.js';
import { CartsRepository } from './carts.repository.js';

/** Knows whose cart a request is about, and gives customers the carts that they filled as guests. */
@Injectable()
export class CartOwners {
  constructor(
    private readonly carts: CartsRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Whose cart a request is about, after a guest cart that came along has been taken over.
   * @returns undefined for a guest without a token, who has no cart
   */
  async ownerOf(caller: Principal): Promise<CartOwner | undefined> {
    const { cartToken } = caller;
    if (caller.kind === 'guest') return cartToken === undefined ? undefined : guestOwner(cartToken);
    if (cartToken !== undefined) await this.adopt(caller.userId, cartToken);
    return userOwner(caller.userId);
  }

  /**
   * Merges the guest cart of a token into a customer's; a token that names no cart, or an empty one, changes nothing, so
   * it may be sent again and again.
   */
  async adopt(userId: string, cartToken: string): Promise<void> {
    const guest = guestOwner(cartToken);
    if (!(await this.carts.isFilled(guest))) return;
    await this.uow.run(async () => {
      const now = this.clock.now();
      const guestCartId = await this.carts.hold(guest, now);
      if (guestCartId === undefined) return;
      await this.carts.absorb(await this.carts.holdOrMake(userId, newId(), now), guestCartId);
    });
  }
}
