import { EXAMPLE_PRODUCT_ID } from '../../../common/examples.js';
import { Example } from '../../../platform/fields/example.js';
import {
  DateTimeField,
  EnumField,
  IntField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { PageQuery, pageOf } from '../../../platform/fields/paging.fields.js';
import {
  RETURN_DECISIONS,
  RETURN_STATUSES,
  type ReturnDecision,
  type ReturnStatus,
} from '../returns/return-lifecycle.js';
import { MAX_LINES } from './place-sale.dto.js';
import { UnitsInput } from './refund.request.js';

@Example({ items: [{ productId: EXAMPLE_PRODUCT_ID, quantity: 1 }], reason: 'Too small.' })
export class RequestReturn {
  @ObjectListField(() => UnitsInput, { min: 1, max: MAX_LINES, description: 'What comes back.' })
  items!: UnitsInput[];

  @TextField({ max: 500, example: 'Too small.' })
  reason!: string;
}

@Example({ status: 'approved', note: 'Please use the label in the parcel.' })
export class DecideReturn {
  @EnumField('ReturnDecision', RETURN_DECISIONS)
  status!: ReturnDecision;

  @TextField({ optional: true, max: 500, description: 'Shown to the customer.' })
  note?: string;
}

export class ReturnsQuery extends PageQuery {
  @EnumField('ReturnStatus', RETURN_STATUSES, { optional: true })
  status?: ReturnStatus;

  @UuidField({ optional: true })
  saleId?: string;
}

export class ReturnItemResponse {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @TextField()
  name!: string;

  @IntField({ min: 1 })
  quantity!: number;
}

export class ReturnResponse {
  @UuidField()
  id!: string;

  @UuidField()
  saleId!: string;

  @TextField({ example: 'S-100001' })
  saleNumber!: string;

  @EnumField('ReturnStatus', RETURN_STATUSES)
  status!: string;

  @TextField({ min: 0, description: 'Why it comes back, in the words of the customer; empty once they are erased.' })
  reason!: string;

  @TextField({ nullable: true, description: 'What staff say about it.' })
  note!: string | null;

  @ObjectListField(() => ReturnItemResponse)
  items!: ReturnItemResponse[];

  @UuidField({ nullable: true, description: 'The refund that its receipt caused.' })
  refundId!: string | null;

  @DateTimeField()
  createdAt!: string;

  @DateTimeField()
  updatedAt!: string;
}

export const ReturnPage = pageOf(ReturnResponse, 'ReturnPage');
