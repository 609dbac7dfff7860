import { AddressField } from '../../../platform/fields/address.fields.js';
import { Example } from '../../../platform/fields/example.js';
import { DateTimeField, IntField, MoneyInputField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { TAX_CATEGORY, TAX_CATEGORY_MAX } from '../taxes.events.js';

const region = {
  description: 'As addresses write it, in any case; null for the whole country, in which regions may have others.',
  example: null,
};
const category = {
  optional: true,
  max: TAX_CATEGORY_MAX,
  pattern: TAX_CATEGORY,
  example: 'standard',
  description: 'Of products that have it as `taxCategory`; standard, which also serves where there is no other.',
};
const rate = { example: '20', description: 'Per cent, 0 to 100, with at most 4 decimal digits.' };
const name = { optional: true, max: 100, example: 'VAT', description: 'For staff.' };

@Example({ country: 'FR', rate: '5.5', category: 'books', name: 'TVA' })
export class CreateTaxRate {
  @AddressField.country({ example: 'FR' })
  country!: string;

  @AddressField.region(region)
  region?: string | null;

  @TextField(category)
  category?: string;

  @MoneyInputField(rate)
  rate!: string | number;

  @TextField(name)
  name?: string;
}

@Example({ rate: '21' })
export class UpdateTaxRate {
  @AddressField.country({ example: 'FR', optional: true })
  country?: string;

  @AddressField.region(region)
  region?: string | null;

  @TextField(category)
  category?: string;

  @MoneyInputField({ ...rate, optional: true })
  rate?: string | number;

  @TextField(name)
  name?: string;
}

/** A rate of tax, for staff. */
export class TaxRateResponse {
  @UuidField()
  id!: string;

  @TextField({ example: 'FR' })
  country!: string;

  @TextField({ nullable: true })
  region!: string | null;

  @TextField({ example: 'standard' })
  category!: string;

  @TextField({ example: '20', description: 'Per cent, a decimal number.' })
  rate!: string;

  @TextField()
  name!: string;

  @IntField({ min: 1 })
  version!: number;

  @DateTimeField()
  createdAt!: string;

  @DateTimeField()
  updatedAt!: string;
}

export const TaxRatePage = pageOf(TaxRateResponse, 'TaxRatePage');
