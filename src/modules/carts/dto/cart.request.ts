import { IntField, UuidField } from '../../../platform/fields/fields.js';
import { MAX_QUANTITY } from '../cart-limits.js';

/** A product to put into the cart. */
export class AddCartItem {
  @UuidField()
  productId!: string;

  @IntField({ min: 1, max: MAX_QUANTITY, description: 'Pieces to add to those that are in the cart already.' })
  quantity!: number;
}

/** How much of a product the cart is to hold. */
export class SetCartItem {
  @IntField({ min: 1, max: MAX_QUANTITY, description: 'Pieces afterwards; DELETE the line for none.' })
  quantity!: number;
}
