import { AddressField } from '../../../platform/fields/address.fields.js';
import { BoolField, UuidField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';

/** An address as its owner sees it. */
export class DeliveryAddressView {
  @UuidField()
  id!: string;

  @AddressField.label({ optional: false })
  label!: string | null;

  @AddressField.recipient()
  recipient!: string;

  @AddressField.line1()
  line1!: string;

  @AddressField.line2({ optional: false })
  line2!: string | null;

  @AddressField.city()
  city!: string;

  @AddressField.region({ optional: false })
  region!: string | null;

  @AddressField.postalCode()
  postalCode!: string;

  @AddressField.country()
  country!: string;

  @AddressField.phone({ optional: false })
  phone!: string | null;

  @BoolField({ description: 'Whether a sale without an address goes here. At most one address of a customer is it.' })
  isDefault!: boolean;
}

export const DeliveryAddressPage = pageOf(DeliveryAddressView, 'DeliveryAddressPage');
