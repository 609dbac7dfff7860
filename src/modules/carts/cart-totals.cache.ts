import { Injectable } from '@nestjs/common';
import { AppCache } from '../../platform/cache/app-cache.js';
import { type CachedJson, cachedObject } from '../../platform/cache/cached-json.js';
import { PROMOTIONS_TAG } from '../promotions/promotions.events.js';
import type { CartVersion } from './carts.repository.js';
import type { CartTotalView } from './dto/cart.response.js';

const SECONDS = 120;

/**
 * What carts come to, kept for two minutes. The version in the key ends a total with the next change of its cart, in
 * every process and at no cost to the change; a price that changes, or a promotion that begins or ends by the clock,
 * shows when the two minutes are over, for nothing is charged by this number.
 */
@Injectable()
export class CartTotalsCache {
  constructor(private readonly cache: AppCache) {}

  get(cart: CartVersion, fill: () => Promise<CartTotalView>): Promise<CachedJson> {
    return cachedObject(
      this.cache,
      { key: `cart:${cart.id}:${cart.version}:total`, ttl: SECONDS, tags: [PROMOTIONS_TAG] },
      fill,
    );
  }
}
