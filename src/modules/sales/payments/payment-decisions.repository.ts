import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import type { SaleStatus } from '../lifecycle/sale-lifecycle.js';
import { HOLD_SALE } from '../refunds/refunds.statements.js';
import {
  DECIDE_STRAY,
  FIND_PAYMENT,
  FIND_PAYMENT_BY_REFERENCE,
  FIND_REFUND,
  FIND_STRAY,
  OPEN_STRAY,
  PENDING_STRAYS,
  RECORD_EVENT,
  REOPEN,
  SET_GIVING_UP,
  STATE,
  SWEEP_EVENTS,
  TAKE_UP_PAYMENTS,
  TAKE_UP_STRAY,
} from './payment-decisions.statements.js';

/** A thing of a sale that a provider tells of. */
export interface Subject {
  readonly id: string;
  readonly sale_id: string;
}

export interface KnownRefund extends Subject {
  readonly status: 'pending' | 'completed' | 'failed';
}

/** A payment with all that decides what becomes of it; amounts are minor units. */
export interface PaymentStateRow extends Subject {
  readonly provider: string;
  readonly method: string;
  readonly status: 'pending' | 'completed' | 'failed' | 'refunded';
  readonly amount: bigint;
  readonly currency: string;
  readonly provider_ref: string | null;
  readonly failure_code: string | null;
  readonly giving_up: boolean;
  readonly created_at: Date;
  readonly sale_status: SaleStatus;
  readonly number: string;
  readonly user_id: string | null;
  readonly total: bigint;
  readonly sale_currency: string;
  /** Whether the sale has another payment that is open, completed or given back. */
  readonly other_open: boolean;
  /** Whether the charge was found to pay nothing before. */
  readonly strayed: boolean;
}

/** A payment that the provider has to be asked about. */
export interface UndecidedPayment extends Subject {
  readonly provider: string;
  readonly method: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly provider_ref: string | null;
  readonly giving_up: boolean;
  readonly created_at: Date;
}

/** Money that paid nothing and is to go back. */
export interface StrayRow {
  readonly id: string;
  readonly provider: string;
  readonly provider_ref: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly refund_ref: string | null;
  readonly created_at: Date;
  readonly method: string;
}

export interface NewStray {
  readonly paymentId: string;
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: 'already_paid' | 'amount_mismatch';
}

/** What providers decide. Writes the tables of payments beside its own. */
@Injectable()
export class PaymentDecisionsRepository extends BaseRepository {
  /** Holds a sale in the transaction under way: its payments and refunds change only there. */
  async holdSale(saleId: string): Promise<void> {
    await this.affect(HOLD_SALE, [saleId]);
  }

  /** @param paymentId our id where the provider names it; only without it the reference counts */
  findPayment(provider: string, paymentId: string | undefined, reference: string): Promise<Subject | undefined> {
    const [known, by] = paymentId === undefined ? [reference, FIND_PAYMENT_BY_REFERENCE] : [paymentId, FIND_PAYMENT];
    return this.first<Subject & Record<string, unknown>>(by, [known, provider]);
  }

  findRefund(provider: string, refundId: string | undefined, reference: string): Promise<KnownRefund | undefined> {
    return this.first<KnownRefund & Record<string, unknown>>(FIND_REFUND, [provider, refundId ?? null, reference]);
  }

  /** @param reference of the charge that is decided about */
  async state(paymentId: string, reference: string | null): Promise<PaymentStateRow> {
    const row = await this.first<PaymentStateRow & Record<string, unknown>>(STATE, [paymentId, reference]);
    if (row === undefined) throw new Error(`There is no payment ${paymentId}.`);
    return row;
  }

  /** @returns whether it is new */
  async recordEvent(provider: string, id: string, type: string, subjectId: string | null, now: Date): Promise<boolean> {
    return (await this.first(RECORD_EVENT, [provider, id, type, subjectId, now])) !== undefined;
  }

  sweepEvents(before: Date): Promise<number> {
    return this.affect(SWEEP_EVENTS, [before]);
  }

  async reopen(paymentId: string, now: Date): Promise<void> {
    await this.affect(REOPEN, [paymentId, now]);
  }

  async setGivingUp(paymentId: string, givingUp: boolean, now: Date): Promise<void> {
    await this.affect(SET_GIVING_UP, [paymentId, givingUp, now]);
  }

  /**
   * @param unanswered before when, of those that the provider has not answered or that are given up
   * @param answered before when, of the others
   */
  takeUp(unanswered: Date, answered: Date, now: Date): Promise<UndecidedPayment[]> {
    return this.rows<UndecidedPayment & Record<string, unknown>>(TAKE_UP_PAYMENTS, [unanswered, answered, now]);
  }

  /** @returns undefined where the charge is known to have strayed */
  async openStray(
    { paymentId, reference, amount, currency, reason }: NewStray,
    now: Date,
  ): Promise<string | undefined> {
    const values = [newId(), paymentId, reference, amount, currency, reason, now];
    return (await this.first<{ id: string }>(OPEN_STRAY, values))?.id;
  }

  takeUpStray(id: string, now: Date): Promise<StrayRow | undefined> {
    return this.first<StrayRow & Record<string, unknown>>(TAKE_UP_STRAY, [id, now]);
  }

  async decideStray(
    id: string,
    status: 'pending' | 'completed' | 'failed',
    reference: string | null,
    failureCode: string | null,
    now: Date,
  ): Promise<void> {
    await this.affect(DECIDE_STRAY, [id, status, reference, failureCode, now]);
  }

  /** Stray charges that nobody has tried to give back since a moment. */
  async pendingStrays(before: Date): Promise<string[]> {
    return (await this.rows<{ id: string }>(PENDING_STRAYS, [before])).map(({ id }) => id);
  }

  /** By its id, its refund's reference, or the charge's. */
  findStray(
    provider: string,
    id: string | undefined,
    refund: string,
    charge: string | undefined,
  ): Promise<Subject | undefined> {
    return this.first<Subject & Record<string, unknown>>(FIND_STRAY, [provider, id ?? null, refund, charge ?? null]);
  }
}
