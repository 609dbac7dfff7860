import { Amounts } from '../../../platform/fields/amounts.fields.js';
import {
  BoolField,
  IntField,
  MoneyField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { MAX_QUANTITY } from '../cart-limits.js';

/** One product of a cart, at today's price. */
export class CartItemView {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @TextField()
  name!: string;

  @MoneyField()
  unitPrice!: string;

  @MoneyField({
    nullable: true,
    description:
      'What one was when the product was put in or its quantity last set, where that is not the price any more; null where it is.',
  })
  previousUnitPrice!: string | null;

  @IntField({ min: 1, max: MAX_QUANTITY })
  quantity!: number;

  @MoneyField()
  lineTotal!: string;

  @BoolField({ description: 'Whether the product is for sale and as many are in stock. Only a sale takes them.' })
  available!: boolean;
}

/** What a cart comes to. */
export class CartTotalView extends Amounts {
  @IntField({ description: 'Pieces, not lines.' })
  itemCount!: number;
}

/** A cart. */
export class CartView extends CartTotalView {
  @UuidField({ nullable: true, description: 'Null before the first product: reading makes no cart.' })
  id!: string | null;

  @ObjectListField(() => CartItemView, { description: 'In the order of adding.' })
  items!: CartItemView[];

  @TextField({ nullable: true })
  couponCode!: string | null;
}
