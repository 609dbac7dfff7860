import { Example } from '../../../platform/fields/example.js';
import { EnumField, IntField, ObjectListField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { BULK_MAX, BULK_MODES, type BulkMode } from '../bulk-stock-rules.js';
import { SKU_MAX, STOCK_MAX } from '../product.fields.js';
import { MANUAL_REASONS, type ManualReason } from '../stock-rules.js';

/** A line of a bulk update: of one product, by its id or its SKU. */
export class BulkStockItem {
  @UuidField({ optional: true, description: 'The product, unless by its SKU.' })
  productId?: string;

  @TextField({ optional: true, max: SKU_MAX, description: 'The product, unless by its id.', example: 'MUG-350-BLUE' })
  sku?: string;

  @IntField({ optional: true, max: STOCK_MAX, description: 'The level as it was counted, with mode `set`.' })
  quantity?: number;

  @IntField({
    optional: true,
    min: -STOCK_MAX,
    max: STOCK_MAX,
    description: 'By how much the level changes, with mode `adjust`; not 0.',
    example: 12,
  })
  delta?: number;

  @TextField({ optional: true, nullable: true, max: 500 })
  note?: string | null;
}

/** Many levels at once: all of them change, or none. */
@Example({ mode: 'set', items: [{ sku: 'MUG-350-BLUE', quantity: 40 }] })
export class BulkStockUpdate {
  @EnumField('BulkStockMode', BULK_MODES, { description: '`set` levels to what was counted, or `adjust` them.' })
  mode!: BulkMode;

  @EnumField('ManualStockReason', MANUAL_REASONS, {
    optional: true,
    description: 'Of all the movements; `adjustment` without it, and always with mode `set`.',
  })
  reason?: ManualReason;

  @ObjectListField(() => BulkStockItem, { min: 1, max: BULK_MAX, description: 'Each product at most once.' })
  items!: BulkStockItem[];
}

/** What became of a line. */
export class BulkStockLine {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @IntField({ min: -STOCK_MAX })
  delta!: number;

  @IntField({ description: 'The level after it.' })
  quantity!: number;

  @UuidField({ nullable: true, description: 'The movement; null where the level was that already.' })
  movementId!: string | null;
}

/** What became of the lines, in their order. */
export class BulkStockResult {
  @ObjectListField(() => BulkStockLine)
  items!: readonly BulkStockLine[];
}
