import {
  CurrencyField,
  DateTimeField,
  EnumField,
  IntField,
  MoneyField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';

export class RefundItemResponse {
  @UuidField()
  productId!: string;

  @IntField({ min: 1 })
  quantity!: number;

  @MoneyField({ description: 'What is given back for these pieces, tax included.' })
  amount!: string;
}

export class RefundResponse {
  @UuidField()
  id!: string;

  @UuidField()
  saleId!: string;

  @MoneyField()
  amount!: string;

  @CurrencyField()
  currency!: string;

  @EnumField('RefundStatus', ['pending', 'completed', 'failed'], {
    description:
      'A pending refund is decided; the provider has not paid it out yet, and is asked again. A failed one gave nothing ' +
      'back: what it was for can be given back by another.',
  })
  status!: string;

  @TextField({ min: 0, description: 'Empty once the customer is erased.' })
  reason!: string;

  @TextField({
    nullable: true,
    description: 'Why the provider did not pay it out; of a completed one, why the money came back later.',
    example: null,
  })
  failureCode!: string | null;

  @ObjectListField(() => RefundItemResponse, { description: 'The pieces that it is for; none where it is an amount.' })
  items!: RefundItemResponse[];

  @UuidField({ nullable: true, description: 'The credit note, once the refund is completed.' })
  creditNoteId!: string | null;

  @DateTimeField()
  createdAt!: string;
}

export const RefundPage = pageOf(RefundResponse, 'RefundPage');
