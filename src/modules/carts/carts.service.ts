import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { newToken } from '../../common/tokens.js';
import type { CachedJson } from '../../platform/cache/cached-json.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Principal } from '../../platform/security/principal.js';
import { ProductNotFound } from '../products/products.errors.js';
import { PromotionsApi } from '../promotions/promotions.api.js';
import type { FilledCart } from './cart-filling.service.js';
import { refusalOf } from './cart-limits.js';
import { type CartOwner, guestOwner } from './cart-owner.js';
import { CartOwners } from './cart-owners.service.js';
import { CartReader } from './cart-reader.service.js';
import { CartItemNotFound } from './carts.errors.js';
import { CartsRepository } from './carts.repository.js';
import type { CartView } from './dto/cart.response.js';
import { ShownCarts } from './shown-carts.cache.js';

/** What somebody means to buy. Nothing is held or promised: stock and prices are settled by the sale. */
@Injectable()
export class CartsService {
  constructor(
    private readonly carts: CartsRepository,
    private readonly owners: CartOwners,
    private readonly reader: CartReader,
    private readonly shown: ShownCarts,
    private readonly promotions: PromotionsApi,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async get(caller: Principal): Promise<CartView> {
    const owner = await this.owners.ownerOf(caller);
    return this.reader.view(owner, owner && (await this.reader.find(owner)));
  }

  async total(caller: Principal): Promise<CachedJson> {
    return this.reader.total(await this.owners.ownerOf(caller));
  }

  /**
   * Sets how much of a product the cart holds.
   * @throws {CartItemNotFound} where it holds none
   * @throws {ProductNotFound} where the product is for sale no longer
   * @throws {InsufficientStock} where that many are not in stock
   */
  async setQuantity(caller: Principal, productId: string, quantity: number): Promise<CartView> {
    const cart = await this.change(caller, async (cartId) => {
      const line = await this.carts.findLine(cartId, productId);
      if (line === undefined) throw new CartItemNotFound();
      if (!line.sold) throw new ProductNotFound();
      const refusal = refusalOf({ productId, wanted: quantity, stock: line.stock, otherLines: 0 });
      if (refusal !== undefined) throw refusal;
      await this.carts.setQuantity(cartId, productId, quantity);
    });
    if (cart === undefined) throw new CartItemNotFound();
    return cart;
  }

  /** @throws {CartItemNotFound} where the cart has no such line */
  async removeItem(caller: Principal, productId: string): Promise<CartView> {
    const cart = await this.change(caller, async (cartId) => {
      if (!(await this.carts.removeLine(cartId, productId))) throw new CartItemNotFound();
    });
    if (cart === undefined) throw new CartItemNotFound();
    return cart;
  }

  /** Removes every line; the cart and its token stay. */
  async clear(caller: Principal): Promise<CartView> {
    return this.changeAny(caller, (cartId) => this.carts.removeLines(cartId));
  }

  /**
   * Keeps a coupon with the cart, which is made for it where there is none.
   * @throws {CouponNotFound | CouponRefused}
   */
  async setCoupon(caller: Principal, code: string): Promise<FilledCart> {
    const userId = caller.kind === 'user' ? caller.userId : null;
    const coupon = await this.promotions.redeem(code, { userId, email: null });
    const known = await this.owners.ownerOf(caller);
    const cart = known && (await this.carts.findVersion(known));
    if (known !== undefined && (known.kind === 'user' || cart !== undefined)) {
      return { body: await this.keepCoupon(known, coupon), newToken: undefined };
    }
    // As with a guest's first product.
    const token = newToken();
    return { body: await this.keepCoupon(guestOwner(token), coupon), newToken: token };
  }

  /** Where there is no coupon, nothing changes. */
  async removeCoupon(caller: Principal): Promise<CartView> {
    return this.changeAny(caller, (cartId) => this.carts.clearCoupon(cartId));
  }

  private async keepCoupon(owner: CartOwner, code: string): Promise<CartView> {
    this.shown.forget(owner);
    await this.carts.setCoupon(owner, newId(), code, this.clock.now());
    return this.reader.view(owner, await this.reader.find(owner));
  }

  /** Changes the caller's cart where there is one. */
  private async changeAny(caller: Principal, work: (cartId: string) => Promise<void>): Promise<CartView> {
    return (await this.change(caller, work)) ?? this.reader.view(undefined, undefined);
  }

  /** Changes the caller's cart under its lock and reads it again. Undefined where there is none. */
  private async change(caller: Principal, work: (cartId: string) => Promise<void>): Promise<CartView | undefined> {
    const owner = await this.owners.ownerOf(caller);
    if (owner === undefined) return undefined;
    this.shown.forget(owner);
    return this.uow.run(async () => {
      const cartId = await this.carts.hold(owner, this.clock.now());
      if (cartId === undefined) return undefined;
      await work(cartId);
      return this.reader.view(owner, await this.reader.find(owner));
    });
  }
}
