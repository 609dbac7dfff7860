import { Injectable } from '@nestjs/common';
import { CartOwners } from './cart-owners.service.js';

/** The door to carts, for who checks them out. */
@Injectable()
export class CartsApi {
  constructor(private readonly owners: CartOwners) {}

  /**
   * Merges the guest cart of a token into a customer's and deletes it; quantities add up, to 999 at most. A token
   * that names no cart changes nothing.
   */
  adopt(userId: string, cartToken: string): Promise<void> {
    return this.owners.adopt(userId, cartToken);
  }
}
