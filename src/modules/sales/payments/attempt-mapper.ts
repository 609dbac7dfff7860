import { formatMoney } from '../../../common/money.js';
import type { AdminPaymentResponse } from '../dto/admin-payment.response.js';

/** A payment as it is read from its table; amounts are minor units, and digits of them in JSON. */
export interface AttemptRow {
  readonly id: string;
  readonly sale_id: string;
  readonly provider: string;
  readonly method: string;
  readonly status: string;
  readonly amount: bigint;
  readonly refunded_amount: bigint;
  readonly currency: string;
  readonly provider_ref: string | null;
  readonly failure_code: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly stray_charges: readonly {
    readonly reason: string;
    readonly status: string;
    readonly amount: string;
    readonly currency: string;
    readonly reference: string;
    readonly failureCode: string | null;
  }[];
  readonly disputes: readonly {
    readonly reference: string;
    readonly reason: string;
    readonly status: string;
    readonly amount: string;
    readonly currency: string;
    readonly respondBy: string | null;
    readonly openedAt: string;
  }[];
}

/** A payment as staff see it. */
export function toAttempt(row: AttemptRow): AdminPaymentResponse {
  return {
    id: row.id,
    saleId: row.sale_id,
    provider: row.provider,
    method: row.method,
    status: row.status,
    amount: formatMoney(row.amount, row.currency),
    refundedAmount: formatMoney(row.refunded_amount, row.currency),
    currency: row.currency,
    reference: row.provider_ref,
    failureCode: row.failure_code,
    strayCharges: row.stray_charges.map(({ reason, status, amount, currency, reference, failureCode }) => ({
      reason,
      status,
      amount: formatMoney(BigInt(amount), currency),
      currency,
      reference,
      failureCode,
    })),
    disputes: row.disputes.map(({ reference, reason, status, amount, currency, respondBy, openedAt }) => ({
      reference,
      reason,
      status,
      amount: formatMoney(BigInt(amount), currency),
      currency,
      respondBy: respondBy === null ? null : new Date(respondBy).toISOString(),
      openedAt: new Date(openedAt).toISOString(),
    })),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
