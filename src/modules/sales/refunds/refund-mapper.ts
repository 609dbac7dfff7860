import { formatMoney } from '../../../common/money.js';
import type { RefundResponse } from '../dto/refund.response.js';

/** A refund as it is read from its tables; amounts are minor units, and digits of them in JSON. */
export interface RefundRow {
  readonly id: string;
  readonly sale_id: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: string;
  readonly reason: string;
  readonly failure_code: string | null;
  readonly created_at: Date;
  readonly credit_note_id: string | null;
  readonly items: readonly { readonly productId: string; readonly quantity: number; readonly amount: string }[];
}

/** A refund as staff see it. */
export function toRefund(row: RefundRow): RefundResponse {
  return {
    id: row.id,
    saleId: row.sale_id,
    amount: formatMoney(row.amount, row.currency),
    currency: row.currency,
    status: row.status,
    reason: row.reason,
    failureCode: row.failure_code,
    items: row.items.map(({ productId, quantity, amount }) => ({
      productId,
      quantity,
      amount: formatMoney(BigInt(amount), row.currency),
    })),
    creditNoteId: row.credit_note_id,
    createdAt: row.created_at.toISOString(),
  };
}
