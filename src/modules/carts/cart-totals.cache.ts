import { Injectable } from '@nestjs/common';
import { AppCache } from '../../platform/cache/app-cache.js';
import { type CachedJson, cachedObject } from '../../platform/cache/cached-json.js';
import { PROMOTIONS_TAG } from '../promotions/promotions.events.js';
import { SHIPPING_TAG } from '../shipping/shipping.events.js';
import { TAXES_TAG } from '../taxes/taxes.events.js';
import type { CartVersion } from './carts.repository.js';
import type { CartTotalView } from './dto/cart.response.js';

const SECONDS = 120;

/**
 * What carts come to, kept for two minutes. The version in the key ends a total with the next change of its cart, in
 * every process and at no cost to the change, and what stands for where it would go ends it with that; a price that changes, or a promotion that begins or ends by the clock,
 * shows when the two minutes are over, for nothing is charged by this number.
 */
@Injectable()
export class CartTotalsCache {
  constructor(private readonly cache: AppCache) {}

  get(
    cart: CartVersion & { readonly destination: string | null },
    fill: () => Promise<CartTotalView>,
  ): Promise<CachedJson> {
    const key = `cart:${cart.id}:${cart.version}:${cart.destination ?? ''}:total`;
    return cachedObject(this.cache, { key, ttl: SECONDS, tags: [PROMOTIONS_TAG, SHIPPING_TAG, TAXES_TAG] }, fill);
  }
}
