import { EXAMPLE_PRODUCT_ID } from '../../../common/examples.js';
import { IntField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { MAX_QUANTITY } from '../cart-limits.js';

/** A product to put into the cart. */
export class AddCartItem {
  @UuidField({ example: EXAMPLE_PRODUCT_ID })
  productId!: string;

  @IntField({ min: 1, max: MAX_QUANTITY, example: 2, description: 'Pieces to add to those that are in the cart.' })
  quantity!: number;
}

/** How much of a product the cart is to hold. */
export class SetCartItem {
  @IntField({ min: 1, max: MAX_QUANTITY, example: 3, description: 'Pieces afterwards; DELETE the line for none.' })
  quantity!: number;
}

/** The coupon that a cart is to have. */
export class SetCartCoupon {
  @TextField({ max: 100, example: 'SPRING-10', description: 'In any case.' })
  code!: string;
}
