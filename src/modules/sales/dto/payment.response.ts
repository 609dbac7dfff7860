import {
  CurrencyField,
  DateTimeField,
  EnumField,
  MoneyField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { SALE_STATUSES } from '../lifecycle/sale-lifecycle.js';

export class PaymentResponse {
  @UuidField()
  id!: string;

  @UuidField()
  saleId!: string;

  @EnumField('SaleStatus', SALE_STATUSES, { description: 'What the payment made of the sale.' })
  saleStatus!: string;

  @TextField({ example: 'sandbox' })
  provider!: string;

  @TextField({ example: 'ok' })
  method!: string;

  @EnumField('PaymentState', ['pending', 'completed', 'failed', 'refunded'], {
    description: 'A pending payment is decided later: the sale tells of it.',
  })
  status!: string;

  @MoneyField()
  amount!: string;

  @CurrencyField()
  currency!: string;

  @TextField({ nullable: true, description: 'Why it failed.', example: 'card_declined' })
  failureCode!: string | null;

  @DateTimeField()
  createdAt!: string;

  @TextField({
    optional: true,
    description:
      'Only of a pending payment that the customer has to confirm, such as by 3-D Secure: what Stripe.js goes on with ' +
      '(`handleNextAction`).',
  })
  clientSecret?: string;
}
