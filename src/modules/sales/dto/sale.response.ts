import { ApiProperty } from '@nestjs/swagger';
import { AddressField } from '../../../platform/fields/address.fields.js';
import { Amounts, SoldLine } from '../../../platform/fields/amounts.fields.js';
import {
  BoolField,
  CurrencyField,
  DateTimeField,
  EnumField,
  MoneyField,
  ObjectField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { SALE_STATUSES } from '../lifecycle/sale-lifecycle.js';
import { PAYMENT_STATUSES } from '../payments/payment-lifecycle.js';
import { TrackedShipment } from './shipment.dto.js';

/** Where a sale goes. Its texts are empty once the buyer is erased, and of a sale of another system. */
export class SaleAddressResponse {
  @AddressField.label({ optional: false })
  label!: string | null;

  @TextField({ min: 0, description: 'Person or company that receives.' })
  recipient!: string;

  @TextField({ min: 0 })
  line1!: string;

  @AddressField.line2({ optional: false })
  line2!: string | null;

  @TextField({ min: 0 })
  city!: string;

  @AddressField.region({ optional: false })
  region!: string | null;

  @TextField({ min: 0 })
  postalCode!: string;

  @TextField({
    min: 0,
    example: 'GB',
    description: 'ISO 3166-1 alpha-2 code; of a sale of another system what that wrote, where it is no country.',
  })
  country!: string;

  @AddressField.phone({ optional: false })
  phone!: string | null;
}

/** A line of the tax breakdown. */
export class TaxResponse {
  @TextField({ example: '20', description: 'Per cent, a decimal number.' })
  rate!: string;

  @MoneyField({ description: 'What is taxed, without the tax.' })
  base!: string;

  @MoneyField({ description: 'Added to that, or included in prices.' })
  tax!: string;
}

export class SaleItemResponse extends SoldLine {
  @MoneyField({ description: 'The tax in the line, where prices include it; it is added to nothing.' })
  includedTax!: string;

  @TextField({ nullable: true, example: '20', description: 'Per cent; null where it was not kept.' })
  taxRate!: string | null;
}

export class SaleResponse extends Amounts {
  @UuidField()
  id!: string;

  @TextField({ example: 'S-100001' })
  number!: string;

  @EnumField('SaleStatus', SALE_STATUSES)
  status!: string;

  @EnumField('PaymentStatus', PAYMENT_STATUSES)
  paymentStatus!: string;

  @ObjectListField(() => SaleItemResponse)
  items!: SaleItemResponse[];

  @BoolField({ description: 'Whether tax is in the prices; then `tax`, which is what is added, is 0.' })
  pricesIncludeTax!: boolean;

  @ObjectListField(() => TaxResponse, { description: 'By rate, the highest first, added or included.' })
  taxes!: TaxResponse[];

  @TextField({ nullable: true })
  couponCode!: string | null;

  @TextField({ nullable: true, description: 'Code of the shipping method; null where the shop had none.' })
  shippingMethod!: string | null;

  @ObjectField(() => SaleAddressResponse)
  deliveryAddress!: SaleAddressResponse;

  @TextField({ nullable: true })
  trackingNumber!: string | null;

  @TextField({ nullable: true })
  carrier!: string | null;

  @UuidField({ nullable: true, description: 'The invoice, once the sale is paid.' })
  invoiceId!: string | null;

  @DateTimeField()
  placedAt!: string;

  @DateTimeField()
  updatedAt!: string;

  @DateTimeField({ nullable: true, description: 'Until when an unpaid sale holds its stock.' })
  expiresAt!: string | null;
}

export const SalePage = pageOf(SaleResponse, 'SalePage');

/** A sale as staff see it: with whose it is. */
export class AdminSaleResponse extends SaleResponse {
  @UuidField({ nullable: true, description: 'The customer; null for a guest.' })
  userId!: string | null;

  @TextField({ nullable: true, format: 'email' })
  email!: string | null;

  @TextField({ nullable: true, description: 'The system that it was imported from; null for a sale of this shop.' })
  origin!: string | null;
}

export const AdminSalePage = pageOf(AdminSaleResponse, 'AdminSalePage');

export class SaleStatsResponse {
  @ApiProperty({ type: 'integer', description: 'Sales placed, whatever became of them.' })
  totalSales!: number;

  @MoneyField({ description: 'What was paid and not refunded.' })
  totalSpent!: string;

  @ApiProperty({ type: 'integer', description: 'Sales that wait for payment.' })
  pendingSales!: number;

  @ApiProperty({ type: 'integer', description: 'Sales that are paid for and not cancelled or returned.' })
  completedSales!: number;

  @CurrencyField()
  currency!: string;
}

export class TrackingEntry {
  @EnumField('SaleStatus', SALE_STATUSES)
  status!: string;

  @DateTimeField()
  at!: string;

  @TextField({ nullable: true })
  note!: string | null;
}

export class TrackingResponse {
  @EnumField('SaleStatus', SALE_STATUSES)
  status!: string;

  @TextField({ nullable: true })
  carrier!: string | null;

  @TextField({ nullable: true })
  trackingNumber!: string | null;

  @TextField({ nullable: true, format: 'uri', description: 'Page of the carrier, where it is a known one.' })
  trackingUrl!: string | null;

  @ObjectListField(() => TrackingEntry)
  history!: TrackingEntry[];

  @ObjectListField(() => TrackedShipment, {
    description: 'What was sent, oldest first. While pieces are yet to be sent, the sale is still `confirmed`.',
  })
  shipments!: TrackedShipment[];
}

/** An entry of the history as staff see it. */
export class SaleHistoryEntryResponse {
  @EnumField('SaleStatus', SALE_STATUSES, { nullable: true, description: 'null where it was placed.' })
  from!: string | null;

  @EnumField('SaleStatus', SALE_STATUSES)
  status!: string;

  @TextField({
    description: '`customer`, `guest`, `payment`, `expiry`, or the id of the member of staff or the API key.',
    example: 'payment',
  })
  actor!: string;

  @DateTimeField()
  at!: string;

  @TextField({ nullable: true })
  note!: string | null;
}

export class SaleHistoryResponse {
  @ObjectListField(() => SaleHistoryEntryResponse)
  items!: SaleHistoryEntryResponse[];
}
