import {
  CurrencyField,
  DateTimeField,
  EnumField,
  MoneyField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';

export class StrayChargeResponse {
  @EnumField('StrayReason', ['already_paid', 'amount_mismatch'])
  reason!: string;

  @EnumField('StrayStatus', ['pending', 'completed', 'failed'], {
    description: 'Of giving it back; a failed one is for staff.',
  })
  status!: string;

  @MoneyField({ description: 'What was taken.' })
  amount!: string;

  @CurrencyField()
  currency!: string;

  @TextField({ description: 'The provider’s reference of the charge.' })
  reference!: string;

  @TextField({ nullable: true, description: 'Why the provider did not give it back.' })
  failureCode!: string | null;
}

export class DisputeResponse {
  @TextField({ description: 'The provider’s reference of it.' })
  reference!: string;

  @TextField({ description: 'Why, as the provider names it.', example: 'fraudulent' })
  reason!: string;

  @TextField({ description: 'As the provider names it.', example: 'needs_response' })
  status!: string;

  @MoneyField({ description: 'What is disputed.' })
  amount!: string;

  @CurrencyField()
  currency!: string;

  @DateTimeField({ nullable: true, description: 'Until when the provider takes evidence.' })
  respondBy!: string | null;

  @DateTimeField()
  openedAt!: string;
}

export class AdminPaymentResponse {
  @UuidField()
  id!: string;

  @UuidField()
  saleId!: string;

  @TextField({ example: 'stripe' })
  provider!: string;

  @TextField({ example: 'pm_card_visa' })
  method!: string;

  @EnumField('PaymentState', ['pending', 'completed', 'failed', 'refunded'])
  status!: string;

  @MoneyField()
  amount!: string;

  @MoneyField({ description: 'What of it went back, or is on its way.' })
  refundedAmount!: string;

  @CurrencyField()
  currency!: string;

  @TextField({ nullable: true, description: 'The provider’s reference; null where it has not answered.' })
  reference!: string | null;

  @TextField({ nullable: true, description: 'Why it failed.', example: 'card_declined' })
  failureCode!: string | null;

  @ObjectListField(() => StrayChargeResponse, {
    description: 'Money that the provider took for it and that paid nothing; it goes back by itself.',
  })
  strayCharges!: StrayChargeResponse[];

  @ObjectListField(() => DisputeResponse, {
    description:
      'What the customer disputes with the bank. It is answered at the provider, and moves no sale by itself.',
  })
  disputes!: DisputeResponse[];

  @DateTimeField()
  createdAt!: string;

  @DateTimeField()
  updatedAt!: string;
}

export const AdminPaymentPage = pageOf(AdminPaymentResponse, 'AdminPaymentPage');
