import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { minorDigits } from '../../../common/money.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { storedAnswer } from '../../../platform/http/idempotency.repository.js';
import type { SaleStatus } from '../lifecycle/sale-lifecycle.js';
import { SaleNotFound } from '../sales.errors.js';
import type { SaleEventData } from '../sales.events.js';
import type { SaleOwner } from '../sales.repository.js';
import { NOTE, NOTE_KEYED, OPEN_PAYMENT, SETTLE } from './settlement.statements.js';

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
  /** The last sign of life of whoever waits for the provider. */
  readonly open_since: Date | null;
}

interface OpenRow extends Omit<PayableSale, 'id'> {
  readonly id: string | null;
  readonly request_hash: Buffer | null;
  readonly stored_status: number | null;
  readonly body: string | null;
}

/** What the invoices of a batch share: who sells, and whether nobody waits for the events of their issue. */
interface IssuingTerms {
  readonly seller: Readonly<object>;
  readonly unawaited: boolean;
}

/** A payment that a provider has completed. */
export interface Settlement {
  readonly saleId: string;
  readonly paymentId: string;
  readonly reference: string;
  readonly actor: string;
  /** For the history. */
  readonly note?: string | undefined;
  /** What `sale.confirmed` tells; made from the sale where the payment is opened only now. */
  readonly event?: SaleEventData;
  readonly answer?: Answer | undefined;
  /** A payment that is opened as it is settled, since its provider decided without asking anyone. */
  readonly opens?: OpenedPayment;
}

/** A payment that nobody has written down yet. */
export interface OpenedPayment {
  readonly provider: string;
  readonly method: string;
  readonly payer: SaleOwner;
  /** The currency that the sale must be in. */
  readonly currency: string;
  /** The answer in JSON, with an empty amount. */
  readonly body: string;
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
  `UPDATE payments SET status = 'failed', failure_code = 'sale_cancelled', giving_up = true, updated_at = $2::timestamptz
   WHERE sale_id = $1::uuid AND status = 'pending'`,
);
const SIGN_OF_LIFE = statement(
  'settlement.signOfLife',
  `UPDATE payments SET updated_at = $2::timestamptz WHERE id = $1::uuid AND status = 'pending'`,
);
/** Payments and changes of status: what moves a sale on. Writes the tables of payments beside its own. */
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
   * @returns the answer to each sale that was settled, by its id. The others are no longer pending, so that the money
   *   has to go back, or their payment could not be opened. Undefined where something changed at the same time, so that
   *   nothing was written and it must be tried again.
   */
  async settle(
    settlements: readonly Settlement[],
    terms: IssuingTerms,
    now: Date,
  ): Promise<ReadonlyMap<string, string | null> | undefined> {
    const values = settleValues(settlements, terms, now);
    const rows = await this.guarded<{ sale_id: string | null; answer: string | null }>(SETTLE, values);
    return rows && new Map(rows.flatMap((row) => (row.sale_id === null ? [] : [[row.sale_id, row.answer]])));
  }

  /**
   * Notes what the provider said short of success.
   * @returns whether the payment was pending until now
   */
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
  ): Promise<boolean> {
    const values: unknown[] = [saleId, paymentId, outcome.reference, now, outcome.status, outcome.failureCode];
    if (answer !== undefined) {
      const { request, body } = answer;
      values.push(request.caller, request.key, request.hash, body);
    }
    const row = await this.first<{ noted: number }>(answer === undefined ? NOTE : NOTE_KEYED, values);
    return row?.noted === 1;
  }

  /** Says that somebody still waits for the provider of a payment. */
  async signOfLife(paymentId: string, now: Date): Promise<void> {
    await this.affect(SIGN_OF_LIFE, [paymentId, now]);
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
}

function settleValues(settlements: readonly Settlement[], { seller, unawaited }: IssuingTerms, now: Date): unknown[] {
  const each = <T>(pick: (settlement: Settlement) => T): T[] => settlements.map(pick);
  const record = <K extends keyof IdempotentRequest>(key: K) => each((one) => one.answer?.request[key] ?? null);
  return [
    each((one) => one.saleId),
    each((one) => one.paymentId),
    each((one) => one.reference),
    now,
    each(() => newId()),
    each(() => newId()),
    each((one) => (one.event === undefined ? null : JSON.stringify(one.event))),
    each((one) => one.actor),
    each(() => newId()),
    each(() => newId()),
    now.getUTCFullYear(),
    JSON.stringify(seller),
    record('caller'),
    record('key'),
    record('hash'),
    each((one) => one.opens?.body ?? one.answer?.body ?? null),
    each((one) => one.opens?.provider ?? null),
    each((one) => one.opens?.method ?? null),
    each((one) => one.opens?.payer.userId ?? null),
    each((one) => one.opens?.payer.cartId ?? null),
    each((one) => one.opens?.currency ?? null),
    each((one) => (one.opens === undefined ? null : minorDigits(one.opens.currency))),
    unawaited,
    each((one) => one.note ?? null),
  ];
}
