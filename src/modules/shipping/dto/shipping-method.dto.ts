import { isCountry } from '../../../common/countries.js';
import { Example } from '../../../platform/fields/example.js';
import {
  BoolField,
  CurrencyField,
  DateTimeField,
  EnumField,
  IntField,
  MoneyField,
  MoneyInputField,
  ObjectListField,
  TextField,
  TextListField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { TAX_CATEGORY, TAX_CATEGORY_MAX } from '../../taxes/taxes.events.js';
import { SHIPPING_KINDS, type ShippingKind } from '../shipping.events.js';

export const CODE_MAX = 40;
const MOST_BRACKETS = 100;
const MOST_COUNTRIES = 249;

const code = {
  max: CODE_MAX,
  pattern: {
    regex: /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/,
    message: `must be 1 to ${CODE_MAX} lower-case letters and digits, with single - or _ between them`,
  },
  example: 'standard',
  description: 'What a sale names as `shippingMethod`; it never changes.',
};
const kind = { description: '`flat`: one price. `by_weight`, `by_total`: that of the bracket that the cart falls in.' };
const price = { optional: true, nullable: true, description: 'Of kind flat.' };
const freeAbove = {
  optional: true,
  nullable: true,
  description: 'Where the goods come to so much before discounts, shipping is free; null for never.',
};
const countries = {
  optional: true,
  nullable: true,
  min: 1,
  max: MOST_COUNTRIES,
  check: isCountry,
  message: 'must be ISO 3166-1 alpha-2 codes of countries, at least one',
  example: ['DE', 'AT'],
  description: 'Where it goes to; null for everywhere.',
};
const sortOrder = {
  optional: true,
  min: -1_000_000,
  max: 1_000_000,
  description: 'Lower ones come first, and the first is the default; 0 if left out.',
};
const taxCategory = {
  optional: true,
  nullable: true,
  max: TAX_CATEGORY_MAX,
  pattern: TAX_CATEGORY,
  description: 'Whose rates of tax it has; null for the standard ones.',
};
const limits = { optional: true, nullable: true };

/** A step of a tariff. */
export class ShippingBracketInput {
  @IntField({ ...limits, description: 'Grams, including; of kind by_weight. Null, in the last one: without end.' })
  maxWeight?: number | null;

  @MoneyInputField({ ...limits, description: 'Goods before discounts, including; of kind by_total. Null as above.' })
  maxTotal?: string | number | null;

  @MoneyInputField()
  price!: string | number;
}

const brackets = {
  optional: true,
  nullable: true,
  min: 1,
  max: MOST_BRACKETS,
  description: 'In the order of their limits; what is beyond the last one is not sent in this way.',
};

@Example({ code: 'standard', name: 'Standard, 2 to 4 days', kind: 'flat', price: '4.90', freeAbove: '50.00' })
export class CreateShippingMethod {
  @TextField(code)
  code!: string;

  @TextField({ max: 200, example: 'Standard, 2 to 4 days', description: 'For buyers.' })
  name!: string;

  @EnumField('ShippingKind', SHIPPING_KINDS, kind)
  kind!: ShippingKind;

  @MoneyInputField(price)
  price?: string | number | null;

  @ObjectListField(() => ShippingBracketInput, brackets)
  brackets?: ShippingBracketInput[] | null;

  @MoneyInputField(freeAbove)
  freeAbove?: string | number | null;

  @TextListField(countries)
  countries?: string[] | null;

  @IntField(sortOrder)
  sortOrder?: number;

  @TextField(taxCategory)
  taxCategory?: string | null;

  @BoolField({ optional: true, description: 'true if left out.' })
  active?: boolean;
}

/** What is left out stays, unless it belongs to another kind than the method has then. */
@Example({ active: false })
export class UpdateShippingMethod {
  @TextField({ max: 200, optional: true })
  name?: string;

  @EnumField('ShippingKind', SHIPPING_KINDS, { ...kind, optional: true })
  kind?: ShippingKind;

  @MoneyInputField(price)
  price?: string | number | null;

  @ObjectListField(() => ShippingBracketInput, brackets)
  brackets?: ShippingBracketInput[] | null;

  @MoneyInputField(freeAbove)
  freeAbove?: string | number | null;

  @TextListField(countries)
  countries?: string[] | null;

  @IntField(sortOrder)
  sortOrder?: number;

  @TextField(taxCategory)
  taxCategory?: string | null;

  @BoolField({ optional: true })
  active?: boolean;
}

export class ShippingBracketResponse {
  @IntField({ nullable: true, description: 'Grams.' })
  maxWeight!: number | null;

  @MoneyField({ nullable: true })
  maxTotal!: string | null;

  @MoneyField()
  price!: string;
}

/** A shipping method, for staff. */
export class ShippingMethodResponse {
  @UuidField()
  id!: string;

  @TextField({ example: 'standard' })
  code!: string;

  @TextField()
  name!: string;

  @EnumField('ShippingKind', SHIPPING_KINDS, kind)
  kind!: ShippingKind;

  @MoneyField({ nullable: true })
  price!: string | null;

  @ObjectListField(() => ShippingBracketResponse, { nullable: true })
  brackets!: ShippingBracketResponse[] | null;

  @MoneyField({ nullable: true })
  freeAbove!: string | null;

  @CurrencyField()
  currency!: string;

  @TextListField({ ...countries, optional: false })
  countries!: readonly string[] | null;

  @IntField({ min: -1_000_000 })
  sortOrder!: number;

  @TextField({ nullable: true })
  taxCategory!: string | null;

  @BoolField()
  active!: boolean;

  @IntField({ min: 1 })
  version!: number;

  @DateTimeField()
  createdAt!: string;

  @DateTimeField()
  updatedAt!: string;
}

export const ShippingMethodPage = pageOf(ShippingMethodResponse, 'ShippingMethodPage');
