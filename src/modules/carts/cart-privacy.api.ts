import { Inject, Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { CONFIG, type Config } from '../../config/config.js';
import { toCartView } from './cart.mapper.js';
import { userOwner } from './cart-owner.js';
import { CartsRepository } from './carts.repository.js';
import type { CartView } from './dto/cart.response.js';

/** What a cart holds about its customer: what they mean to buy. */
@Injectable()
export class CartPrivacy implements PersonalData {
  readonly section = 'cart';

  constructor(
    private readonly carts: CartsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async exportOf(userId: string): Promise<CartView> {
    return toCartView(await this.carts.find(userOwner(userId)), this.config.STORE_CURRENCY);
  }

  erase(userId: string): Promise<void> {
    return this.carts.forget(userId);
  }
}
