import { ApiProperty } from '@nestjs/swagger';
import { Example } from '../../../platform/fields/example.js';
import { EnumField, IntField, TextField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { STOCK_MAX } from '../product.fields.js';
import { STOCK_REASONS, type StockReason } from '../stock-movement.entity.js';
import { MANUAL_REASONS, type ManualReason } from '../stock-rules.js';

const note = { optional: true, nullable: true, max: 500 };

/** The level of a product's stock, as it was counted. */
@Example({ quantity: 120, note: 'Stocktaking' })
export class SetStock {
  @IntField({ max: STOCK_MAX })
  quantity!: number;

  @TextField(note)
  note?: string | null;
}

/** A movement of stock that no sale caused. */
@Example({ delta: 12, reason: 'receipt', note: 'Delivery of the week' })
export class CreateStockMovement {
  @IntField({
    min: -STOCK_MAX,
    max: STOCK_MAX,
    description: 'Not 0; more than 0 for a receipt or a return.',
    example: 12,
  })
  delta!: number;

  @EnumField('ManualStockReason', MANUAL_REASONS, { description: '`sale` and `release` are written by sales alone.' })
  reason!: ManualReason;

  @TextField(note)
  note?: string | null;
}

/** A line of the ledger. */
export class StockMovementResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: 'integer' })
  delta!: number;

  @ApiProperty({ type: 'integer', description: 'The level after it.' })
  balanceAfter!: number;

  @ApiProperty({ enum: STOCK_REASONS, enumName: 'StockReason' })
  reason!: StockReason;

  @ApiProperty({ type: String, nullable: true })
  note!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  saleId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The user who wrote it.' })
  actorId!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

/** A page of the ledger, newest first. */
export class StockMovementPage extends pageOf(StockMovementResponse, 'StockMovementPageBase') {}
