import {
  CurrencyField,
  DateTimeField,
  EnumField,
  IntField,
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

export class InvoiceLineResponse {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @TextField()
  name!: string;

  @MoneyField()
  unitPrice!: string;

  @IntField({ min: 1 })
  quantity!: number;

  @MoneyField()
  discount!: string;

  @MoneyField()
  tax!: string;

  @MoneyField()
  lineTotal!: string;
}

export class InvoiceResponse {
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

  @CurrencyField()
  currency!: string;

  @ObjectField(() => InvoicePartyResponse)
  seller!: InvoicePartyResponse;

  @ObjectField(() => InvoicePartyResponse)
  buyer!: InvoicePartyResponse;

  @ObjectListField(() => InvoiceLineResponse)
  lines!: InvoiceLineResponse[];

  @MoneyField()
  subtotal!: string;

  @MoneyField()
  discount!: string;

  @MoneyField()
  shipping!: string;

  @MoneyField()
  tax!: string;

  @MoneyField()
  total!: string;

  @DateTimeField()
  issuedAt!: string;
}

export const InvoicePage = pageOf(InvoiceResponse, 'InvoicePage');
