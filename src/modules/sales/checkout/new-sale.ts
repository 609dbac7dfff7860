import type { PostalAddress } from '../../../common/postal-address.js';
import type { Quote } from './checkout.repository.js';

/** A priced sale, ready to be written. Amounts are minor units. It gets its number when it is written. */
export interface NewSale {
  readonly id: string;
  readonly userId: string | null;
  /** The cart that is checked out, or that tells whose a guest's sale is. */
  readonly cart: Quote['cart'];
  /** How many open sales its buyer may have with it; 0 for any number. */
  readonly mostOpen: number;
  readonly checksOutCart: boolean;
  /** Whether it was priced from the cart as it was last shown, without asking the database. */
  readonly asShown: boolean;
  readonly email: string | null;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly pricesIncludeTax: boolean;
  /** Added or included, and its rate in millionths. */
  readonly shippingTax: bigint;
  readonly shippingTaxRate: bigint;
  readonly total: bigint;
  readonly address: PostalAddress;
  readonly shippingMethod: string | null;
  readonly couponCode: string | null;
  readonly promotions: readonly UsedPromotion[];
  /** Who stands for the buyer where uses are limited by customer. */
  readonly promotedCustomer: string | null;
  readonly placedAt: Date;
  readonly expiresAt: Date;
  readonly actor: string;
  readonly historyId: string;
  readonly placedEvent: { readonly id: string; readonly data: Readonly<Record<string, unknown>> };
  readonly lines: readonly NewSaleLine[];
}

/** A promotion that has a part in the price, as it was when it was priced. */
export interface UsedPromotion {
  readonly id: string;
  readonly version: number;
  /** Minor units. */
  readonly amount: bigint;
}

export interface NewSaleLine {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: bigint;
  readonly quantity: number;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly includedTax: bigint;
  /** In millionths. */
  readonly taxRate: bigint;
  readonly movementId: string;
  readonly stockEventId: string;
}
