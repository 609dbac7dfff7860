import { AddressField } from '../../../platform/fields/address.fields.js';
import { CurrencyField, MoneyField, ObjectListField, TextField } from '../../../platform/fields/fields.js';

export class ShippingOptionsQuery {
  @AddressField.country({ optional: true, description: 'Where to; without it, to your default delivery address.' })
  country?: string;
}

export class ShippingOptionView {
  @TextField({ example: 'standard', description: 'What a sale names as `shippingMethod`.' })
  code!: string;

  @TextField()
  name!: string;

  @MoneyField()
  price!: string;
}

/** The ways in which a cart can be sent. */
export class ShippingOptionsView {
  @TextField({ example: 'GB', description: 'ISO 3166-1 alpha-2.' })
  country!: string;

  @CurrencyField()
  currency!: string;

  @ObjectListField(() => ShippingOptionView)
  items!: ShippingOptionView[];
}
