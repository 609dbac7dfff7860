import { Injectable } from '@nestjs/common';
import { type Charges, NO_RULES, type Price, price } from '../pricing/pricing.api.js';
import { PromotionsApi } from '../promotions/promotions.api.js';
import { type Destination, parcelOf, ShippingApi, type ShippingOption } from '../shipping/shipping.api.js';
import { TaxesApi } from '../taxes/taxes.api.js';
import type { CartOwner } from './cart-owner.js';
import type { CartContents } from './carts.repository.js';

/** How a cart can be sent to a country; null where it is not known which. */
export interface CartShipping {
  readonly country: string | null;
  readonly options: readonly ShippingOption[];
}

/**
 * What carts come to. Where they would go is not known before there is a sale: to the default address of their customer, it
 * is taken, or else within the country of the shop. A guest is not known before there is an email address.
 */
@Injectable()
export class CartPricing {
  constructor(
    private readonly promotions: PromotionsApi,
    private readonly shipping: ShippingApi,
    private readonly taxes: TaxesApi,
  ) {}

  async price(owner: CartOwner | undefined, cart: CartContents | undefined): Promise<Price> {
    if (cart === undefined || cart.lines.length === 0) return price([]);
    const charges = cart.charged ? this.chargesOn(cart, await this.shipping.destination(userIdOf(owner))) : NO_RULES;
    if (cart.couponCode === null && !cart.offered) return price(cart.lines, { ...charges, promotions: [] });
    return this.promotions.priceCart(cart.lines, cart.couponCode, { userId: userIdOf(owner), email: null }, charges);
  }

  /** @param country where to; without it, where carts of this owner are taken to go */
  async options(
    owner: CartOwner | undefined,
    cart: CartContents | undefined,
    country: string | undefined,
  ): Promise<CartShipping> {
    const offer = await this.shipping.destination(userIdOf(owner), country);
    return { country: offer.country, options: ShippingApi.options(offer, parcelOf(cart?.lines ?? [])) };
  }

  private chargesOn({ lines }: CartContents, destination: Destination): Charges {
    return this.taxes.charges(lines, destination, ShippingApi.expected(destination, parcelOf(lines)));
  }
}

function userIdOf(owner: CartOwner | undefined): string | null {
  return owner?.kind === 'user' ? owner.userId : null;
}
