import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { SaleRow } from './sale-mapper.js';

const REFUND_LATE_PAYMENT = statement(
  'settlement.refundLatePayment',
  `WITH p AS (
     UPDATE payments SET status = 'completed', provider_ref = $3::text, failure_code = NULL, refunded_amount = amount,
       updated_at = $4::timestamptz
     WHERE id = $2::uuid AND sale_id = $1::uuid AND status IN ('pending', 'failed') RETURNING id, currency, amount)
   INSERT INTO refunds (id, payment_id, sale_id, amount, currency, status, reason, created_at, updated_at)
   SELECT $5::uuid, p.id, $1::uuid, p.amount, p.currency, 'pending', 'The payment came after the cancellation.',
     $4::timestamptz, $4::timestamptz FROM p WHERE p.amount > 0
   RETURNING id`,
);
const OPEN_REFUND = statement(
  'settlement.openRefund',
  `WITH p AS (
     UPDATE payments SET refunded_amount = amount, updated_at = $3::timestamptz
     WHERE sale_id = $1::uuid AND status = 'completed' AND refunded_amount < amount
     RETURNING id, provider, provider_ref, currency, amount)
   INSERT INTO refunds (id, payment_id, sale_id, amount, currency, status, reason, created_at, updated_at)
   SELECT $2::uuid, p.id, $1::uuid, p.amount, p.currency, 'pending', $4::text, $3::timestamptz, $3::timestamptz FROM p
   RETURNING id`,
);
const FIND_REFUND = statement(
  'settlement.findRefund',
  `SELECT r.id, r.sale_id, r.amount, r.currency, r.status, p.id AS payment_id, p.provider, p.provider_ref
   FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = $1::uuid`,
);
const COMPLETE_REFUND = statement(
  'settlement.completeRefund',
  `WITH r AS (
     UPDATE refunds SET status = 'completed', provider_ref = $2::text, updated_at = $3::timestamptz
     WHERE id = $1::uuid AND status = 'pending' RETURNING payment_id, sale_id),
   p AS (
     UPDATE payments SET status = 'refunded', updated_at = $3::timestamptz FROM r
     WHERE payments.id = r.payment_id AND payments.refunded_amount = payments.amount)
   UPDATE sales SET payment_status = 'refunded', updated_at = $3::timestamptz FROM r WHERE sales.id = r.sale_id
   RETURNING sales.id, sales.number, sales.user_id, sales.status, sales.currency, sales.total`,
);
const PENDING_REFUNDS = statement(
  'settlement.pendingRefunds',
  `SELECT id FROM refunds WHERE status = 'pending' AND created_at < $1::timestamptz ORDER BY created_at LIMIT 100`,
);

export interface RefundRow {
  readonly id: string;
  readonly sale_id: string;
  readonly payment_id: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: string;
  readonly provider: string;
  readonly provider_ref: string | null;
}

export type RefundedSale = Pick<SaleRow, 'id' | 'number' | 'user_id' | 'status' | 'currency' | 'total'>;

/** Refunds on their way. Writes the tables of payments beside its own. */
@Injectable()
export class RefundsRepository extends BaseRepository {
  /** Takes down that all that was paid must be given back; undefined where nothing was. */
  async open(saleId: string, reason: string, now: Date): Promise<string | undefined> {
    return (await this.first<{ id: string }>(OPEN_REFUND, [saleId, newId(), now, reason]))?.id;
  }

  /** Takes down that a provider took money for a sale that had been cancelled, and that it must be given back. */
  async openForLatePayment(
    saleId: string,
    paymentId: string,
    reference: string,
    now: Date,
  ): Promise<string | undefined> {
    return (await this.first<{ id: string }>(REFUND_LATE_PAYMENT, [saleId, paymentId, reference, now, newId()]))?.id;
  }

  find(refundId: string): Promise<RefundRow | undefined> {
    return this.first<RefundRow>(FIND_REFUND, [refundId]);
  }

  /** @returns the sale; undefined where the refund had been completed before */
  complete(refundId: string, reference: string, now: Date): Promise<RefundedSale | undefined> {
    return this.first<RefundedSale>(COMPLETE_REFUND, [refundId, reference, now]);
  }

  /** Refunds that were opened before a moment and never finished. */
  async pending(before: Date): Promise<string[]> {
    return (await this.rows<{ id: string }>(PENDING_REFUNDS, [before])).map((row) => row.id);
  }
}
