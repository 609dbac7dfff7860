import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { userOwner } from './cart-owner.js';
import { CartReader } from './cart-reader.service.js';
import { CartsRepository } from './carts.repository.js';
import type { CartView } from './dto/cart.response.js';
import { ShownCarts } from './shown-carts.cache.js';

/** What a cart holds about its customer: what they mean to buy. */
@Injectable()
export class CartPrivacy implements PersonalData {
  readonly section = 'cart';

  constructor(
    private readonly carts: CartsRepository,
    private readonly reader: CartReader,
    private readonly shown: ShownCarts,
  ) {}

  async exportOf(userId: string): Promise<CartView> {
    const owner = userOwner(userId);
    return this.reader.view(owner, await this.carts.find(owner));
  }

  erase(userId: string): Promise<void> {
    this.shown.forget(userOwner(userId));
    return this.carts.forget(userId);
  }
}
