import { Amounts, SoldLine } from '../../../platform/fields/amounts.fields.js';
import {
  DateTimeField,
  EnumField,
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

export class InvoiceLineResponse extends SoldLine {}

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

  @DateTimeField()
  issuedAt!: string;
}

export const InvoicePage = pageOf(InvoiceResponse, 'InvoicePage');
