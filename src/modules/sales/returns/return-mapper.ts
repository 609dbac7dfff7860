import type { ReturnResponse } from '../dto/return.dto.js';
import type { ReturnStatus } from './return-lifecycle.js';

/** A return as it is read from its tables. */
export interface ReturnRow {
  readonly id: string;
  readonly sale_id: string;
  readonly sale_number: string;
  readonly status: ReturnStatus;
  readonly reason: string;
  readonly note: string | null;
  readonly refund_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly items: readonly {
    readonly productId: string;
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
  }[];
}

/** A return as buyers and staff see it. */
export function toReturn(row: ReturnRow): ReturnResponse {
  return {
    id: row.id,
    saleId: row.sale_id,
    saleNumber: row.sale_number,
    status: row.status,
    reason: row.reason,
    note: row.note,
    items: row.items.map(({ productId, sku, name, quantity }) => ({ productId, sku, name, quantity })),
    refundId: row.refund_id,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
