import { applyDecorators } from '@nestjs/common';
import { isCountry } from '../../common/countries.js';
import type { PostalAddressInput } from '../../common/postal-address.js';
import { type FieldOptions, TextField } from './fields.js';
import { rule } from './text-rules.js';

const ONE_LINE = /^[^\t\r\n]*$/;
const PHONE = /^[+(]?\d[\d ()./x-]{2,30}$/;

/** A text that fits one line of an address label. */
function LineField(max: number, options: FieldOptions): PropertyDecorator {
  const pattern = { regex: ONE_LINE, message: `must be one line of 1 to ${max} characters` };
  return TextField({ ...options, max, pattern });
}

/** An address as people fill it in; the fields that may be left out differ by country. */
export const EXAMPLE_ADDRESS = {
  recipient: 'Ada Lovelace',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4LB',
  country: 'GB',
} as const;

/** The fields of an address, one decorator each, for requests that take all of them and for those that change some. */
export const AddressField = {
  label: (options: FieldOptions = {}) =>
    LineField(50, {
      nullable: true,
      optional: true,
      description: 'What its owner calls it.',
      example: 'Home',
      ...options,
    }),
  recipient: (options: FieldOptions = {}) =>
    LineField(100, { description: 'Person or company that receives.', example: EXAMPLE_ADDRESS.recipient, ...options }),
  line1: (options: FieldOptions = {}) => LineField(200, { example: EXAMPLE_ADDRESS.line1, ...options }),
  line2: (options: FieldOptions = {}) => LineField(200, { nullable: true, optional: true, ...options }),
  city: (options: FieldOptions = {}) => LineField(100, { example: EXAMPLE_ADDRESS.city, ...options }),
  region: (options: FieldOptions = {}) =>
    LineField(100, { nullable: true, optional: true, description: 'State, province or county.', ...options }),
  postalCode: (options: FieldOptions = {}) =>
    LineField(20, {
      description: 'Where a country has none, its custom, such as 00000.',
      example: EXAMPLE_ADDRESS.postalCode,
      ...options,
    }),
  country: (options: FieldOptions = {}) => CountryField({ example: EXAMPLE_ADDRESS.country, ...options }),
  phone: (options: FieldOptions = {}) =>
    TextField({
      nullable: true,
      optional: true,
      description: 'For the carrier.',
      example: '+44 20 7946 0018',
      max: 32,
      pattern: { regex: PHONE, message: 'must be a phone number of 4 to 32 characters, for example +44 20 7946 0018' },
      ...options,
    }),
} as const;

/** An ISO 3166-1 alpha-2 code; lower case is refused rather than guessed at, since the standard has none. */
function CountryField(options: FieldOptions): PropertyDecorator {
  const message = 'must be an ISO 3166-1 alpha-2 code in upper case, for example DE';
  const description = 'ISO 3166-1 alpha-2 code, in upper case.';
  const shape = TextField({
    description,
    ...options,
    min: 2,
    max: 2,
    pattern: { regex: /^[A-Z]{2}$/, message },
    verbatim: true,
  });
  const assigned = rule('country', message, (value) => typeof value === 'string' && isCountry(value));
  return applyDecorators(shape, assigned);
}

/** An address as a request gives it: to keep as one of a customer's, or inside the sale that is delivered there. */
export class AddressFields implements PostalAddressInput {
  @AddressField.label()
  label?: string | null;

  @AddressField.recipient()
  recipient!: string;

  @AddressField.line1()
  line1!: string;

  @AddressField.line2()
  line2?: string | null;

  @AddressField.city()
  city!: string;

  @AddressField.region()
  region?: string | null;

  @AddressField.postalCode()
  postalCode!: string;

  @AddressField.country()
  country!: string;

  @AddressField.phone()
  phone?: string | null;
}
