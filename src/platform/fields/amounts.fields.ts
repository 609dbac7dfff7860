import { CurrencyField, IntField, MoneyField, TextField, UuidField } from './fields.js';

/** What a cart, a sale or an invoice comes to, in answers. */
export class Amounts {
  @CurrencyField()
  currency!: string;

  @MoneyField({ description: 'Sum of the line totals.' })
  subtotal!: string;

  @MoneyField()
  discount!: string;

  @MoneyField()
  shipping!: string;

  @MoneyField()
  tax!: string;

  @MoneyField({ description: 'subtotal − discount + shipping + tax.' })
  total!: string;
}

/** A line of what was sold, in answers: the product as it was then. */
export class SoldLine {
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

  @MoneyField({ description: "The line's share of the discounts." })
  discount!: string;

  @MoneyField({ description: "The line's share of the tax." })
  tax!: string;

  @MoneyField({ description: 'Unit price × quantity, before discount and tax.' })
  lineTotal!: string;
}
