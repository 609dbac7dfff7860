import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { failedWith } from '../../platform/database/failures.js';
import { statement } from '../../platform/database/statement.js';
import { type IdempotentRequest, StoredAnswer } from '../../platform/http/idempotency.js';
import { storedAnswer } from '../../platform/http/idempotency.repository.js';
import type { SaleStatus } from './sale-lifecycle.js';
import type { SaleRow } from './sale-mapper.js';
import { SaleNotFound } from './sales.errors.js';
import type { SaleEventData } from './sales.events.js';
import type { SaleOwner } from './sales.repository.js';
import { NOTE, NOTE_KEYED, OPEN_PAYMENT, SETTLE } from './settlement.statements.js';

const DIVISION_BY_ZERO = '22012';

/** A sale that is about to be paid, and the payment that is open on it. */
export interface PayableSale {
  readonly id: string;
  readonly number: string;
  readonly user_id: string | null;
  readonly status: SaleStatus;
  readonly total: bigint;
  readonly currency: string;
  readonly expires_at: Date | null;
  /** The payment that this call opened; null where it may not, or where another is open. */
  readonly opened: string | null;
  readonly open_id: string | null;
  readonly open_provider: string | null;
  readonly open_method: string | null;
  /** The provider's reference, once it has answered. */
  readonly open_ref: string | null;
  readonly open_since: Date | null;
}

interface OpenRow extends Omit<PayableSale, 'id'> {
  readonly id: string | null;
  readonly request_hash: Buffer | null;
  readonly stored_status: number | null;
  readonly body: string | null;
}

/** A payment that a provider has completed. */
export interface Settlement {
  readonly saleId: string;
  readonly paymentId: string;
  readonly reference: string;
  readonly event: SaleEventData;
  readonly actor: string;
  readonly answer: Answer | undefined;
}

export interface Answer {
  readonly request: IdempotentRequest;
  readonly body: string;
}

const SET_STATUS = statement(
  'settlement.setStatus',
  `WITH c AS (
     UPDATE sales SET status = $2::text, carrier = coalesce($3::text, carrier),
       tracking_number = coalesce($4::text, tracking_number), expires_at = NULL, updated_at = $5::timestamptz
     WHERE id = $1::uuid RETURNING id)
   INSERT INTO sale_history (id, sale_id, from_status, to_status, actor, note, at)
   SELECT $6::uuid, c.id, $7::text, $2::text, $8::text, $9::text, $5::timestamptz FROM c`,
);
const ADD_MANUAL_PAYMENT = statement(
  'settlement.addManualPayment',
  `INSERT INTO payments (id, sale_id, provider, method, amount, refunded_amount, currency, status, created_at, updated_at)
   SELECT $2::uuid, s.id, 'manual', 'staff', s.total, 0, s.currency, 'pending', $3::timestamptz, $3::timestamptz
   FROM sales s WHERE s.id = $1::uuid
   ON CONFLICT (sale_id) WHERE status IN ('pending', 'completed', 'refunded') DO NOTHING RETURNING id`,
);
const FAIL_OPEN_PAYMENTS = statement(
  'settlement.failOpenPayments',
  `UPDATE payments SET status = 'failed', failure_code = 'sale_cancelled', updated_at = $2::timestamptz
   WHERE sale_id = $1::uuid AND status = 'pending'`,
);
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

/** Payments, refunds and changes of status: what moves a sale on. Writes the tables of payments beside its own. */
@Injectable()
export class SettlementRepository extends BaseRepository {
  /**
   * @returns the sale with the payment that was opened or stands in the way, or the first answer under the same key
   * @throws {SaleNotFound} also where it is somebody else's
   */
  async open(
    saleId: string,
    owner: SaleOwner,
    payment: { readonly id: string; readonly provider: string; readonly method: string },
    now: Date,
    request: IdempotentRequest | undefined,
  ): Promise<PayableSale | StoredAnswer> {
    const key = [request?.caller ?? null, request?.key ?? null];
    const whose = [saleId, owner.userId, owner.cartId];
    const row = await this.first<OpenRow>(OPEN_PAYMENT, [
      ...whose,
      payment.id,
      payment.provider,
      payment.method,
      now,
      ...key,
    ]);
    if (row !== undefined && request !== undefined && row.request_hash !== null) {
      const stored = { request_hash: row.request_hash, status: row.stored_status ?? 201, body: row.body ?? '' };
      return storedAnswer(request, stored);
    }
    if (row === undefined || row.id === null) throw new SaleNotFound();
    return { ...row, id: row.id };
  }

  /**
   * Settles payments and issues their invoices, all or none. In a transaction it joins that one; else it is one.
   * @returns ids of the sales that were settled; of the others, which are no longer pending, the money has to go back.
   *   Undefined where something changed at the same time, so that nothing was written and it must be tried again.
   */
  async settle(
    settlements: readonly Settlement[],
    seller: Readonly<object>,
    now: Date,
  ): Promise<ReadonlySet<string> | undefined> {
    try {
      const rows = await this.rows<{ sale_id: string }>(SETTLE, settleValues(settlements, seller, now));
      return new Set(rows.map((row) => row.sale_id));
    } catch (error) {
      if (failedWith(error, DIVISION_BY_ZERO)) return undefined;
      throw error;
    }
  }

  /** Notes what the provider said short of success. */
  async note(
    saleId: string,
    paymentId: string,
    outcome: {
      readonly status: 'failed' | 'pending';
      readonly reference: string | null;
      readonly failureCode: string | null;
    },
    now: Date,
    answer?: Answer,
  ): Promise<void> {
    const values = [saleId, paymentId, outcome.reference, now, outcome.status, outcome.failureCode];
    if (answer === undefined) await this.affect(NOTE, values);
    else
      await this.affect(NOTE_KEYED, [
        ...values,
        answer.request.caller,
        answer.request.key,
        answer.request.hash,
        answer.body,
      ]);
  }

  /** Changes the status of a sale that this transaction has locked, and says so in its history. */
  async setStatus(
    sale: { readonly id: string; readonly status: string },
    to: SaleStatus,
    by: { readonly actor: string; readonly note?: string | undefined; readonly at: Date },
    parcel: { readonly carrier?: string | undefined; readonly trackingNumber?: string | undefined } = {},
  ): Promise<void> {
    const { actor, note = null, at } = by;
    const { carrier = null, trackingNumber = null } = parcel;
    await this.affect(SET_STATUS, [sale.id, to, carrier, trackingNumber, at, newId(), sale.status, actor, note]);
  }

  /** Opens the payment that staff vouch for; undefined where another payment is open. */
  async addManualPayment(saleId: string, now: Date): Promise<string | undefined> {
    return (await this.first<{ id: string }>(ADD_MANUAL_PAYMENT, [saleId, newId(), now]))?.id;
  }

  failOpenPayments(saleId: string, now: Date): Promise<number> {
    return this.affect(FAIL_OPEN_PAYMENTS, [saleId, now]);
  }

  /** Takes down that all that was paid must be given back; undefined where nothing was. */
  async openRefund(saleId: string, reason: string, now: Date): Promise<string | undefined> {
    return (await this.first<{ id: string }>(OPEN_REFUND, [saleId, newId(), now, reason]))?.id;
  }

  /** Takes down that a provider took money for a sale that had been cancelled, and that it must be given back. */
  async openRefundOfLatePayment(
    saleId: string,
    paymentId: string,
    reference: string,
    now: Date,
  ): Promise<string | undefined> {
    return (await this.first<{ id: string }>(REFUND_LATE_PAYMENT, [saleId, paymentId, reference, now, newId()]))?.id;
  }

  findRefund(refundId: string): Promise<RefundRow | undefined> {
    return this.first<RefundRow>(FIND_REFUND, [refundId]);
  }

  /** @returns the sale; undefined where the refund had been completed before */
  completeRefund(refundId: string, reference: string, now: Date): Promise<RefundedSale | undefined> {
    return this.first<RefundedSale>(COMPLETE_REFUND, [refundId, reference, now]);
  }

  /** Refunds that were opened before a moment and never finished. */
  async pendingRefunds(before: Date): Promise<string[]> {
    return (await this.rows<{ id: string }>(PENDING_REFUNDS, [before])).map((row) => row.id);
  }
}

function settleValues(settlements: readonly Settlement[], seller: Readonly<object>, now: Date): unknown[] {
  const each = <T>(pick: (settlement: Settlement) => T): T[] => settlements.map(pick);
  return [
    each((one) => one.saleId),
    each((one) => one.paymentId),
    each((one) => one.reference),
    now,
    each(() => newId()),
    each(() => newId()),
    each((one) => JSON.stringify(one.event)),
    each((one) => one.actor),
    each(() => newId()),
    each(() => newId()),
    now.getUTCFullYear(),
    JSON.stringify(seller),
    each((one) => one.answer?.request.caller ?? null),
    each((one) => one.answer?.request.key ?? null),
    each((one) => one.answer?.request.hash ?? null),
    each((one) => one.answer?.body ?? null),
  ];
}
