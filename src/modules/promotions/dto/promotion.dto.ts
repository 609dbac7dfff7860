import { isUuid } from '../../../common/ids.js';
import { Example } from '../../../platform/fields/example.js';
import {
  BoolField,
  CurrencyField,
  DateTimeField,
  EnumField,
  IntField,
  MoneyField,
  MoneyInputField,
  TextField,
  TextListField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { CODE_MAX } from '../coupon-code.js';
import { PROMOTION_TYPES, type PromotionType } from '../promotion-row.js';

const MOST_IDS = 1_000;
const MOST_USES = 1_000_000_000;
const ids = {
  optional: true,
  nullable: true,
  min: 1,
  max: MOST_IDS,
  check: isUuid,
  message: `must be 1 to ${MOST_IDS} ids`,
};
const limit = { optional: true, nullable: true, min: 1, max: MOST_USES };
const pieces = { optional: true, nullable: true, min: 1, max: 100 };
const type = {
  description:
    '`percentage`: a part of what its products cost. `fixed`: an amount, at most what they cost. `buy_x_get_y`: of each ' +
    '`buyQuantity` + `getQuantity` pieces, grouped from the dearest, the cheapest `getQuantity` cost less. `free_shipping`: ' +
    'the shipping, where its products come to the minimum.',
};

/** What staff say of a promotion; what is left out has no effect, or stays as it is. */
class PromotionTerms {
  @TextField({
    optional: true,
    nullable: true,
    max: CODE_MAX,
    example: 'SPRING-10',
    description: 'Letters, digits, - and _, in any case. Without a code it applies by itself.',
  })
  code?: string | null;

  @MoneyInputField({
    optional: true,
    nullable: true,
    description: 'Above 0 to 100, with at most 4 decimal digits; buy_x_get_y: of the cheaper pieces, 100 if left out.',
  })
  percentage?: string | number | null;

  @MoneyInputField({ optional: true, nullable: true, description: 'Of type fixed.' })
  amount?: string | number | null;

  @IntField({ ...pieces, description: 'Of type buy_x_get_y.' })
  buyQuantity?: number | null;

  @IntField({ ...pieces, description: 'Of type buy_x_get_y.' })
  getQuantity?: number | null;

  @TextListField({ ...ids, description: 'Products that it is for; together with categoryIds. Without both: all.' })
  productIds?: string[] | null;

  @TextListField({ ...ids, description: 'Categories that it is for, with those below them.' })
  categoryIds?: string[] | null;

  @MoneyInputField({ optional: true, description: 'What its products must come to before discounts; 0 if left out.' })
  minimum?: string | number;

  @BoolField({ optional: true, description: 'Applies alone, where that saves more than all others together.' })
  exclusive?: boolean;

  @IntField({ optional: true, min: -1_000, max: 1_000, description: 'Lower ones are applied first; 0 if left out.' })
  priority?: number;

  @DateTimeField({ optional: true, nullable: true, description: 'Before it, nothing.' })
  startsAt?: string | null;

  @DateTimeField({ optional: true, nullable: true, description: 'From it on, nothing.' })
  endsAt?: string | null;

  @IntField({ ...limit, description: 'Sales that may have it, cancelled ones not counted.' })
  usageLimit?: number | null;

  @IntField({
    ...limit,
    description: 'The same for one customer, sales from before it was set too; a guest is known by the email address.',
  })
  perCustomerLimit?: number | null;

  @BoolField({ optional: true, description: 'true if left out.' })
  active?: boolean;
}

@Example({ name: 'Spring', code: 'SPRING-10', type: 'percentage', percentage: '10' })
export class CreatePromotion extends PromotionTerms {
  @TextField({ max: 200, example: 'Spring', description: 'For staff.' })
  name!: string;

  @EnumField('PromotionType', PROMOTION_TYPES, type)
  type!: PromotionType;
}

@Example({ active: false })
export class UpdatePromotion extends PromotionTerms {
  @TextField({ max: 200, optional: true })
  name?: string;

  @EnumField('PromotionType', PROMOTION_TYPES, { ...type, optional: true })
  type?: PromotionType;
}

/** A promotion, for staff. */
export class PromotionResponse {
  @UuidField()
  id!: string;

  @TextField({ nullable: true, example: 'SPRING-10', description: 'In capitals.' })
  code!: string | null;

  @TextField()
  name!: string;

  @EnumField('PromotionType', PROMOTION_TYPES, type)
  type!: PromotionType;

  @TextField({ nullable: true, example: '10', description: 'A decimal number.' })
  percentage!: string | null;

  @MoneyField({ nullable: true })
  amount!: string | null;

  @CurrencyField()
  currency!: string;

  @IntField({ nullable: true })
  buyQuantity!: number | null;

  @IntField({ nullable: true })
  getQuantity!: number | null;

  @TextListField({ ...ids, optional: false })
  productIds!: readonly string[] | null;

  @TextListField({ ...ids, optional: false })
  categoryIds!: readonly string[] | null;

  @MoneyField()
  minimum!: string;

  @BoolField()
  exclusive!: boolean;

  @IntField()
  priority!: number;

  @DateTimeField({ nullable: true })
  startsAt!: string | null;

  @DateTimeField({ nullable: true })
  endsAt!: string | null;

  @IntField({ nullable: true })
  usageLimit!: number | null;

  @IntField({ nullable: true })
  perCustomerLimit!: number | null;

  @IntField({ min: 0, description: 'Sales that have it, cancelled ones not counted.' })
  uses!: number;

  @BoolField()
  active!: boolean;

  @IntField({ min: 1 })
  version!: number;

  @DateTimeField()
  createdAt!: string;

  @DateTimeField()
  updatedAt!: string;
}

export const PromotionPage = pageOf(PromotionResponse, 'PromotionPage');
