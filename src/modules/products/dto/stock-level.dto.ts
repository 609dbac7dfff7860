import { BoolField, DateTimeField, IntField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';

/** Of which moment the level is asked for. */
export class StockLevelQuery {
  @DateTimeField({
    optional: true,
    description: 'The moment; now without it, or where it is still to come. Of the last seconds more may become known.',
    example: '2026-01-31T00:00:00Z',
  })
  asOf?: string;
}

/** The level of a product's stock at a moment. */
export class StockLevelResponse {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @IntField({ description: 'Units that could be sold: the balance after the last movement until then, or 0.' })
  quantity!: number;

  @IntField({ nullable: true, description: 'Units that unpaid sales hold, not part of quantity; null for the past.' })
  reserved!: number | null;

  @IntField({ nullable: true, description: 'Below this the stock is low: of the product, else of the shop; or null.' })
  lowStockThreshold!: number | null;

  @DateTimeField()
  asOf!: string;
}

/** A product whose stock is below its threshold. */
export class LowStockResponse {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @TextField()
  slug!: string;

  @TextField()
  name!: string;

  @BoolField({ description: 'Whether the public sees it.' })
  active!: boolean;

  @IntField()
  stock!: number;

  @IntField({ min: 1, description: 'Of the product, else of the shop.' })
  lowStockThreshold!: number;

  @DateTimeField()
  updatedAt!: string;
}

/** A page of what runs out, the emptiest first. */
export class LowStockPage extends pageOf(LowStockResponse, 'LowStockPageBase') {}
