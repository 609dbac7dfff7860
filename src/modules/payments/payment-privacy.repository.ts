import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

const PAYMENTS = statement(
  'payment-privacy.payments',
  `SELECT p.id, p.sale_id AS "saleId", p.provider, p.method, p.status, p.amount, p.refunded_amount AS "refundedAmount",
     p.currency, p.provider_ref AS "providerRef", p.failure_code AS "failureCode", p.created_at AS "createdAt"
   FROM payments p JOIN sales s ON s.id = p.sale_id WHERE s.user_id = $1 ORDER BY p.id`,
);
const REFUNDS = statement(
  'payment-privacy.refunds',
  `SELECT r.id, r.sale_id AS "saleId", r.payment_id AS "paymentId", r.status, r.amount, r.currency, r.reason,
     r.created_at AS "createdAt"
   FROM refunds r JOIN sales s ON s.id = r.sale_id WHERE s.user_id = $1 ORDER BY r.id`,
);
const STRAYS = statement(
  'payment-privacy.strays',
  `SELECT c.payment_id AS "paymentId", c.status, c.amount, c.currency, c.reason, c.created_at AS "createdAt"
   FROM stray_charges c JOIN sales s ON s.id = c.sale_id WHERE s.user_id = $1 ORDER BY c.id`,
);
const DISPUTES = statement(
  'payment-privacy.disputes',
  `SELECT d.payment_id AS "paymentId", d.status, d.amount, d.currency, d.reason, d.opened_at AS "openedAt"
   FROM payment_disputes d JOIN payments p ON p.id = d.payment_id JOIN sales s ON s.id = p.sale_id
   WHERE s.user_id = $1 ORDER BY d.id`,
);
const ERASE_REASONS = statement(
  'payment-privacy.eraseReasons',
  `UPDATE refunds r SET reason = '' FROM sales s WHERE s.user_id = $1 AND r.sale_id = s.id AND r.reason <> ''`,
);

/** A payment of a customer's sale; amounts in minor units. */
export interface PaymentRow {
  readonly id: string;
  readonly saleId: string;
  readonly provider: string;
  readonly method: string;
  readonly status: string;
  readonly amount: bigint;
  readonly refundedAmount: bigint;
  readonly currency: string;
  readonly providerRef: string | null;
  readonly failureCode: string | null;
  readonly createdAt: Date;
}

/** A refund on a customer's sale; the amount in minor units. */
export interface RefundRow {
  readonly id: string;
  readonly saleId: string;
  readonly paymentId: string;
  readonly status: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly createdAt: Date;
}

/** Money that a provider took beside a payment, and that goes back; the amount in minor units. */
export interface StrayChargeRow {
  readonly paymentId: string;
  readonly status: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly createdAt: Date;
}

/** A charge that the customer has disputed with the bank; the amount in minor units. */
export interface DisputeRow {
  readonly paymentId: string;
  readonly status: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly openedAt: Date;
}

/** Payments as personal data. */
@Injectable()
export class PaymentPrivacyRepository extends BaseRepository {
  payments(userId: string): Promise<PaymentRow[]> {
    return this.rows<PaymentRow & Record<string, unknown>>(PAYMENTS, [userId]);
  }

  refunds(userId: string): Promise<RefundRow[]> {
    return this.rows<RefundRow & Record<string, unknown>>(REFUNDS, [userId]);
  }

  strayCharges(userId: string): Promise<StrayChargeRow[]> {
    return this.rows<StrayChargeRow & Record<string, unknown>>(STRAYS, [userId]);
  }

  disputes(userId: string): Promise<DisputeRow[]> {
    return this.rows<DisputeRow & Record<string, unknown>>(DISPUTES, [userId]);
  }

  /** Takes away why a customer was refunded: they may have written it themselves. */
  async eraseReasons(userId: string): Promise<void> {
    await this.affect(ERASE_REASONS, [userId]);
  }
}
