import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import {
  type Benefit,
  type Charges,
  type Price,
  type PricingLine,
  type Promotion,
  price,
} from '../pricing/pricing.api.js';
import { isCode, normalizeCode } from './coupon-code.js';
import { customerOf, type OfferedTo } from './promoted-customer.js';
import type { CouponState, OfferRow } from './promotion-row.js';
import { CouponNotFound, CouponRefused } from './promotions.errors.js';
import { PromotionsRepository } from './promotions.repository.js';

export type { OfferedTo } from './promoted-customer.js';

/** A price with what has led to it. */
export interface OfferedPrice extends Price {
  /** The promotions that it comes from, which the checkout finds again or prices anew. */
  readonly used: readonly { readonly id: string; readonly version: number; readonly amount: bigint }[];
  /** The code of the coupon, if it takes something off. */
  readonly couponCode: string | null;
}

/** What the price of a sale comes from, and who stands for its buyer. */
export interface TakenPromotions {
  readonly used: OfferedPrice['used'];
  readonly customer: string | null;
}

/** A promotion that is in force, and the version that a checkout has to find again. */
interface Offer extends Promotion {
  readonly version: number;
  readonly isCoupon: boolean;
}

interface Offered {
  readonly offers: readonly Offer[];
  /** Of the coupon that was named. */
  readonly state: CouponState;
}

/** The door to promotions, for who prices carts and sales. */
@Injectable()
export class PromotionsApi {
  constructor(
    private readonly promotions: PromotionsRepository,
    private readonly clock: Clock,
  ) {}

  /** What stands for a customer where uses are counted by customer. */
  static customerOf(buyer: OfferedTo): string | null {
    return customerOf(buyer);
  }

  /**
   * A code as carts keep it.
   * @throws {CouponNotFound | CouponRefused} where it takes nothing off at present, whatever is bought
   */
  async redeem(code: string, buyer: OfferedTo): Promise<string> {
    const normalized = normalizeCode(code);
    const { state } = await this.offered(normalized, [], buyer);
    refuse(state, 'code');
    return normalized;
  }

  /** Prices a cart with the charges on it; a coupon that takes nothing off any more is passed over. */
  async priceCart(
    lines: readonly PricingLine[],
    code: string | null,
    buyer: OfferedTo,
    charges: Charges,
  ): Promise<OfferedPrice> {
    const { offers } = await this.offered(code, lines, buyer);
    return priceWith(lines, offers, code, charges);
  }

  /**
   * Prices a sale.
   * @param named a code that the request names and that therefore has to take something off, as `couponCode`
   * @param kept a code that the cart has kept; where it is not valid any more, that is told too: nobody should pay more
   *   than their cart said
   * @throws {CouponNotFound | CouponRefused}
   */
  async priceSale(
    lines: readonly PricingLine[],
    { named, kept }: { readonly named: string | undefined; readonly kept: string | null },
    buyer: OfferedTo,
    charges: Charges,
  ): Promise<OfferedPrice> {
    const code = named === undefined ? kept : normalizeCode(named);
    const { offers, state } = await this.offered(code, lines, buyer);
    if (code !== null) refuse(state, 'couponCode');
    if (named !== undefined) {
      const alone = priceWith(
        lines,
        offers.filter(({ isCoupon }) => isCoupon),
        code,
        charges,
      );
      if (alone.used.length === 0) throw new CouponRefused('coupon_not_applicable', 'couponCode');
    }
    return priceWith(lines, offers, code, charges);
  }

  /** Takes back what a sale has used, in the transaction that cancels it. */
  release(saleId: string): Promise<void> {
    return this.promotions.release(saleId);
  }

  /**
   * Takes back what a sale has used, in the transaction that prices it anew, and holds what it may use then.
   * @param coupon that it is going to name, or keeps; null for none
   */
  async beginAnew(saleId: string, coupon: string | null): Promise<void> {
    await this.promotions.holdCandidates(saleId, coupon === null ? null : normalizeCode(coupon));
    await this.promotions.release(saleId);
  }

  /**
   * Notes what a sale uses, in the transaction that prices it anew; its products are locked before.
   * @returns false where a promotion has changed or was used up since it was priced: the transaction is to be given up
   */
  take(saleId: string, { used, customer }: TakenPromotions): Promise<boolean> {
    return this.promotions.take(saleId, used, customer, this.clock.now());
  }

  private async offered(code: string | null, lines: readonly PricingLine[], buyer: OfferedTo): Promise<Offered> {
    const asked = code !== null && isCode(code) ? code : null;
    const ids = lines.map(({ productId }) => productId);
    const rows = await this.promotions.offers(asked, ids, this.clock.now(), customerOf(buyer));
    const coupon = rows.find((row) => row.code !== null);
    return { offers: rows.filter(({ state }) => state === 'ok').map(toOffer), state: coupon?.state ?? 'not_found' };
  }
}

function priceWith(
  lines: readonly PricingLine[],
  offers: readonly Offer[],
  code: string | null,
  charges: Charges,
): OfferedPrice {
  const result = price(lines, { ...charges, promotions: offers });
  const used = result.promotions.map(({ id, amount }) => {
    const offer = offers.find((each) => each.id === id);
    if (offer === undefined) throw new Error(`Promotion ${id} was applied and not offered.`);
    return { id, amount, version: offer.version, isCoupon: offer.isCoupon };
  });
  return { ...result, used, couponCode: used.some(({ isCoupon }) => isCoupon) ? code : null };
}

function refuse(state: CouponState, path: string): void {
  if (state === 'not_found') throw new CouponNotFound(path);
  if (state !== 'ok') throw new CouponRefused(`coupon_${state}`, path);
}

function toOffer(row: OfferRow): Offer {
  return {
    id: row.id,
    version: row.version,
    isCoupon: row.code !== null,
    benefit: benefitOf(row),
    productIds: row.product_ids === null ? undefined : new Set(row.product_ids),
    minimum: row.minimum,
    exclusive: row.exclusive,
  };
}

function benefitOf({ type, rate, amount, buy_quantity, get_quantity }: OfferRow): Benefit {
  switch (type) {
    case 'percentage':
      return { kind: 'percentage', rate: BigInt(rate ?? 0) };
    case 'fixed':
      return { kind: 'fixed', amount: amount ?? 0n };
    case 'free_shipping':
      return { kind: 'free-shipping' };
    case 'buy_x_get_y':
      return { kind: 'buy-x-get-y', buy: buy_quantity ?? 1, get: get_quantity ?? 1, rate: BigInt(rate ?? 0) };
  }
}
