import { EXAMPLE_PRODUCT_ID } from '../../../common/examples.js';
import { AddressFields, EXAMPLE_ADDRESS } from '../../../platform/fields/address.fields.js';
import { Example } from '../../../platform/fields/example.js';
import {
  EmailField,
  EnumField,
  IntField,
  ObjectField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';

/** Most lines of one sale; real baskets of wholesalers reach 1,114. */
export const MAX_LINES = 1_200;

export class PlaceSaleItem {
  @UuidField({ example: EXAMPLE_PRODUCT_ID })
  productId!: string;

  @IntField({ min: 1, max: 999, example: 2 })
  quantity!: number;
}

export class PaymentInput {
  @EnumField('PaymentProviderName', ['sandbox', 'stripe'], {
    description: 'Who takes the money. One that this shop has not set up is 409 `payment_provider_unavailable`.',
  })
  provider!: string;

  @TextField({
    max: 100,
    description:
      'Method of the provider. stripe: the id of a payment method, `pm_…`. sandbox: `ok`, `declined`, `pending` until a ' +
      'webhook decides, or a script: `pending_then_ok`, `pending_then_declined`, `late_ok` (completed once the sale is ' +
      'cancelled), `duplicate_webhook`, `wrong_amount`, `timeout_taken`, `timeout_lost`, `refund_declined`, ' +
      '`refund_pending`, `refund_fails_later`.',
    example: 'ok',
  })
  method!: string;
}

@Example({
  items: [{ productId: EXAMPLE_PRODUCT_ID, quantity: 2 }],
  deliveryAddress: EXAMPLE_ADDRESS,
  payment: { provider: 'sandbox', method: 'ok' },
})
export class PlaceSale {
  @ObjectListField(() => PlaceSaleItem, {
    optional: true,
    min: 1,
    max: MAX_LINES,
    description: 'What to buy. Without it the cart is checked out and emptied.',
  })
  items?: PlaceSaleItem[];

  @UuidField({ optional: true, description: 'One of the own delivery addresses; without any, the default one.' })
  deliveryAddressId?: string;

  @ObjectField(() => AddressFields, { optional: true, description: 'An address for this sale alone.' })
  deliveryAddress?: AddressFields;

  @TextField({ optional: true, max: 100, description: 'A coupon, in place of that of the cart.' })
  couponCode?: string;

  @TextField({
    optional: true,
    max: 100,
    description:
      'Code of a shipping method; without it that which you prefer, or else the first that serves the address.',
  })
  shippingMethod?: string;

  @ObjectField(() => PaymentInput, { optional: true, description: 'Pays the sale at once.' })
  payment?: PaymentInput;

  @EmailField({ optional: true, description: 'Where a guest can be reached; required without a bearer.' })
  email?: string;
}
