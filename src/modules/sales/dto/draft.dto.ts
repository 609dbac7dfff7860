import { EXAMPLE_PRODUCT_ID } from '../../../common/examples.js';
import { AddressFields, EXAMPLE_ADDRESS } from '../../../platform/fields/address.fields.js';
import { Example } from '../../../platform/fields/example.js';
import {
  DateTimeField,
  EmailField,
  ObjectField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { MAX_LINES, PlaceSaleItem } from './place-sale.dto.js';

@Example({
  email: 'ada@example.com',
  items: [{ productId: EXAMPLE_PRODUCT_ID, quantity: 2 }],
  deliveryAddress: EXAMPLE_ADDRESS,
  note: 'As agreed on the telephone.',
})
export class DraftSale {
  @UuidField({ optional: true, description: 'The customer.' })
  userId?: string;

  @EmailField({
    optional: true,
    description:
      'Instead of `userId`: the account whose confirmed address it is, or else somebody without one, whose sale staff ' +
      'confirm once it is paid.',
  })
  email?: string;

  @ObjectListField(() => PlaceSaleItem, { min: 1, max: MAX_LINES })
  items!: PlaceSaleItem[];

  @UuidField({ optional: true, description: 'An address of the customer; without any, the default one.' })
  deliveryAddressId?: string;

  @ObjectField(() => AddressFields, { optional: true, description: 'An address for this sale alone.' })
  deliveryAddress?: AddressFields;

  @TextField({ optional: true, max: 100 })
  couponCode?: string;

  @TextField({
    optional: true,
    max: 100,
    description:
      'Code of a shipping method; without it that which the customer prefers, or else the first that serves.',
  })
  shippingMethod?: string;

  @DateTimeField({
    optional: true,
    description: 'Until when it holds its stock, at most 90 days ahead; without it, `DRAFT_HOURS`.',
  })
  expiresAt?: string;

  @TextField({ optional: true, max: 500, description: 'Staff see it in the history.' })
  note?: string;
}

@Example({ items: [{ productId: EXAMPLE_PRODUCT_ID, quantity: 3 }], note: 'One more, as agreed.' })
export class EditSale {
  @ObjectListField(() => PlaceSaleItem, {
    optional: true,
    min: 1,
    max: MAX_LINES,
    description: 'All lines of the sale from now on.',
  })
  items?: PlaceSaleItem[];

  @ObjectField(() => AddressFields, { optional: true })
  deliveryAddress?: AddressFields;

  @TextField({ optional: true, nullable: true, max: 100, description: 'null takes the coupon away.' })
  couponCode?: string | null;

  @TextField({
    optional: true,
    max: 100,
    description: 'Code of a shipping method; without it the one that the sale has, if that still serves.',
  })
  shippingMethod?: string;

  @DateTimeField({ optional: true, description: 'Until when it holds its stock, at most 90 days ahead.' })
  expiresAt?: string;

  @TextField({ optional: true, max: 500, description: 'Why. Staff see it in the history.' })
  note?: string;
}
