import { EXAMPLE_PRODUCT_ID } from '../../../common/examples.js';
import { Example } from '../../../platform/fields/example.js';
import { IntField, MoneyInputField, ObjectListField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { MAX_LINES } from './place-sale.dto.js';

/** Pieces of a product of the sale. */
export class UnitsInput {
  @UuidField({ example: EXAMPLE_PRODUCT_ID })
  productId!: string;

  @IntField({ min: 1, example: 1 })
  quantity!: number;
}

@Example({ amount: '5.00', reason: 'A scratch on the lid.' })
export class CreateRefund {
  @MoneyInputField({ optional: true, description: 'How much. Without `amount` and `items`: all that is left.' })
  amount?: string | number;

  @ObjectListField(() => UnitsInput, {
    optional: true,
    min: 1,
    max: MAX_LINES,
    description:
      'What is given back for: the share of the pieces in what their line was charged, discount and tax included. ' +
      'Comes instead of `amount`.',
  })
  items?: UnitsInput[];

  @TextField({ max: 500, description: 'Why. It stands on no document.', example: 'A scratch on the lid.' })
  reason!: string;
}
