import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';

/** What is known of a dispute at a moment; its amount in minor units, its words those of the provider. */
export interface KnownDispute {
  readonly reference: string;
  readonly disputed: { readonly amount: bigint; readonly currency: string };
  readonly reason: string;
  readonly status: string;
  readonly closed: boolean;
  readonly respondBy: Date | null;
  readonly openedAt: Date;
  readonly toldAt: Date;
}

/**
 * $1 id, $2 payment, $3 provider, $4 reference, $5 amount, $6 currency, $7 reason, $8 status, $9 closed, $10 respond by, $11
 * opened at, $12 told at. News of before what is known already, and after the end, change nothing.
 */
const NOTE = statement(
  'payment-disputes.note',
  `INSERT INTO payment_disputes AS d (id, payment_id, provider, provider_ref, amount, currency, reason, status, closed,
     respond_by, opened_at, told_at)
   VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::bigint, $6::text, $7::text, $8::text, $9::boolean,
     $10::timestamptz, $11::timestamptz, $12::timestamptz)
   ON CONFLICT (provider, provider_ref) DO UPDATE SET amount = excluded.amount, reason = excluded.reason,
     status = excluded.status, closed = excluded.closed, respond_by = excluded.respond_by, told_at = excluded.told_at
   WHERE NOT d.closed AND d.status <> excluded.status AND (excluded.closed OR d.told_at <= excluded.told_at)
   RETURNING id`,
);

/** Disputes of payments. Written under the lock of the sale. */
@Injectable()
export class PaymentDisputesRepository extends BaseRepository {
  /** @returns whether that is news: the dispute is new, or has come to another status */
  async note(paymentId: string, provider: string, news: KnownDispute): Promise<boolean> {
    const { reference, disputed, reason, status, closed, respondBy, openedAt, toldAt } = news;
    const { amount, currency } = disputed;
    const values = [newId(), paymentId, provider, reference, amount, currency, reason, status, closed];
    return (await this.first(NOTE, [...values, respondBy, openedAt, toldAt])) !== undefined;
  }
}
