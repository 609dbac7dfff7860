import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { CachedJson } from '../../platform/cache/cached-json.js';
import { PricesApi } from '../products/prices.api.js';
import { toCartView, toTotalView } from './cart.mapper.js';
import type { CartOwner } from './cart-owner.js';
import { CartPricing } from './cart-pricing.service.js';
import { CartTotalsCache } from './cart-totals.cache.js';
import { type CartContents, CartsRepository } from './carts.repository.js';
import type { CartTotalView, CartView } from './dto/cart.response.js';

/** Reads carts at the prices of this moment. */
@Injectable()
export class CartReader {
  constructor(
    private readonly carts: CartsRepository,
    private readonly totals: CartTotalsCache,
    private readonly prices: PricesApi,
    private readonly pricing: CartPricing,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The owner's cart, read anew where a price in it was due to change. */
  async find(owner: CartOwner): Promise<CartContents | undefined> {
    return this.current(owner, await this.carts.find(owner));
  }

  /** A cart that was read just now; read once more where a price in it was due to change. */
  async current(owner: CartOwner, cart: CartContents | undefined): Promise<CartContents | undefined> {
    const now = this.clock.now();
    const due = cart?.lines.filter(({ priceChangesAt }) => priceChangesAt !== null && priceChangesAt <= now) ?? [];
    if (due.length === 0) return cart;
    await this.prices.applyDue(due.map(({ productId }) => productId));
    return this.carts.find(owner);
  }

  async total(owner: CartOwner | undefined): Promise<CachedJson> {
    const cart = owner && (await this.carts.findVersion(owner));
    const read = async (): Promise<CartTotalView> => {
      const contents = owner && (await this.find(owner));
      return toTotalView(contents, await this.pricing.price(owner, contents), this.config.STORE_CURRENCY);
    };
    return cart === undefined ? { json: JSON.stringify(await read()), cache: 'MISS' } : this.totals.get(cart, read);
  }

  /** @param owner undefined where there is no cart */
  async view(owner: CartOwner | undefined, cart: CartContents | undefined): Promise<CartView> {
    return toCartView(cart, await this.pricing.price(owner, cart), this.config.STORE_CURRENCY);
  }
}
