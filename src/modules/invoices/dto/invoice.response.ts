import { Amounts, SoldLine } from '../../../platform/fields/amounts.fields.js';
import {
  BoolField,
  DateTimeField,
  EnumField,
  MoneyField,
  ObjectField,
  ObjectListField,
  TextField,
  TextListField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { INVOICE_KINDS } from '../invoice-row.js';

export class InvoicePartyResponse {
  @TextField()
  name!: string;

  @TextListField({ check: () => true, message: 'must be texts' })
  address!: readonly string[];

  @TextField({ nullable: true })
  country!: string | null;

  @TextField({ nullable: true })
  email!: string | null;

  @TextField({ nullable: true })
  taxId!: string | null;
}

export class InvoiceLineResponse extends SoldLine {
  @MoneyField({ description: 'The tax in the line, where prices include it; it is added to nothing.' })
  includedTax!: string;

  @TextField({ nullable: true, example: '20', description: 'Per cent; null where it was not kept.' })
  taxRate!: string | null;
}

/** What one rate comes to. */
export class InvoiceTaxResponse {
  @TextField({ example: '20', description: 'Per cent, a decimal number.' })
  rate!: string;

  @MoneyField({ description: 'What is taxed, without the tax.' })
  base!: string;

  @MoneyField({ description: 'Added to that, or included in prices.' })
  tax!: string;
}

export class InvoiceResponse extends Amounts {
  @UuidField()
  id!: string;

  @EnumField('InvoiceKind', INVOICE_KINDS)
  kind!: string;

  @TextField({ example: 'INV-2026-000001', description: 'Without gaps per kind and year.' })
  number!: string;

  @UuidField()
  saleId!: string;

  @TextField()
  saleNumber!: string;

  @ObjectField(() => InvoicePartyResponse)
  seller!: InvoicePartyResponse;

  @ObjectField(() => InvoicePartyResponse)
  buyer!: InvoicePartyResponse;

  @ObjectListField(() => InvoiceLineResponse)
  lines!: InvoiceLineResponse[];

  @BoolField({ description: 'Whether tax is in the prices; then `tax`, which is what is added, is 0.' })
  pricesIncludeTax!: boolean;

  @ObjectListField(() => InvoiceTaxResponse, { description: 'By rate, the highest first, added or included.' })
  taxes!: InvoiceTaxResponse[];

  @DateTimeField()
  issuedAt!: string;
}

export const InvoicePage = pageOf(InvoiceResponse, 'InvoicePage');
