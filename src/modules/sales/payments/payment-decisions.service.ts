import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import type { Finding, Taken } from '../../payments/payments.api.js';
import { SaleTransitions } from '../lifecycle/sale-transitions.service.js';
import { PaymentDecisionsRepository, type PaymentStateRow } from './payment-decisions.repository.js';
import { ProviderRefunds } from './provider-refunds.service.js';
import { SettlementRepository } from './settlement.repository.js';
import { StrayCharges } from './stray-charges.service.js';

/** What a decision has left to do after its commit. */
export interface FollowUp {
  /** A refund to carry out. */
  readonly refundId?: string | undefined;
  /** A stray charge to give back. */
  readonly strayId?: string | undefined;
}

const NOTHING: FollowUp = {};

/**
 * What becomes of a payment, whoever tells: the provider's answer, a webhook, or a look at the provider. The same
 * facts come to the same end in whatever order and number they are told:
 * money pays the sale where that waits for it and it is the right amount, and goes back where it does not.
 */
@Injectable()
export class PaymentDecisions {
  private readonly logger = new Logger(PaymentDecisions.name);

  constructor(
    private readonly payments: PaymentDecisionsRepository,
    private readonly settlements: SettlementRepository,
    private readonly transitions: SaleTransitions,
    private readonly refunds: ProviderRefunds,
    private readonly strays: StrayCharges,
    private readonly clock: Clock,
  ) {}

  /** Applies what is known of a payment, in the transaction under way, which holds its sale. */
  async apply(paymentId: string, finding: Finding): Promise<FollowUp> {
    const reference = finding.status === 'absent' ? null : (finding.reference ?? null);
    const payment = await this.payments.state(paymentId, reference);
    const followUp = await this.decide(payment, finding);
    if (payment.giving_up && finding.status !== 'pending') {
      await this.payments.setGivingUp(paymentId, false, this.clock.now());
    }
    return followUp;
  }

  private async decide(payment: PaymentStateRow, finding: Finding): Promise<FollowUp> {
    if (finding.status === 'completed') {
      const { amount, currency } = payment;
      return this.complete(payment, finding.reference, finding.taken ?? { amount, currency });
    }
    if (payment.status !== 'pending') return NOTHING;
    if (finding.status === 'pending') await this.note(payment, finding.reference);
    else if (finding.status === 'absent') await this.fail(payment, 'provider_no_answer', null);
    else await this.fail(payment, finding.failureCode, finding.reference ?? null);
    return NOTHING;
  }

  private async complete(payment: PaymentStateRow, reference: string, taken: Taken): Promise<FollowUp> {
    const { id, sale_id: saleId, status, sale_status: saleStatus } = payment;
    if (payment.strayed) return NOTHING;
    if (status === 'completed' || status === 'refunded') {
      if (payment.provider_ref === reference) return NOTHING;
      return {
        strayId: await this.strays.open(saleId, { paymentId: id, reference, ...taken, reason: 'already_paid' }),
      };
    }
    if (!isWhole(taken, payment)) {
      if (status === 'pending') await this.fail(payment, 'amount_mismatch', reference);
      const stray = { paymentId: id, reference, ...taken, reason: 'amount_mismatch' } as const;
      return { strayId: await this.strays.open(saleId, stray) };
    }
    if (payment.other_open || !['pending', 'cancelled'].includes(saleStatus)) {
      return {
        strayId: await this.strays.open(saleId, { paymentId: id, reference, ...taken, reason: 'already_paid' }),
      };
    }
    if (saleStatus === 'cancelled') {
      this.logger.warn({ saleId, paymentId: id }, 'A payment came too late for its sale and is given back.');
      return { refundId: await this.refunds.openLate(saleId, id, reference) };
    }
    if (status === 'failed') await this.payments.reopen(id, this.clock.now());
    const sale = { id: saleId, number: payment.number, user_id: payment.user_id };
    const { total, sale_currency: currency } = payment;
    await this.transitions.settle({ ...sale, total, currency }, { paymentId: id, reference, actor: 'payment' });
    return NOTHING;
  }

  private async note({ id, sale_id: saleId }: PaymentStateRow, reference: string | null): Promise<void> {
    if (reference === null) return;
    const outcome = { status: 'pending', reference, failureCode: null } as const;
    await this.settlements.note(saleId, id, outcome, this.clock.now());
  }

  /** Who was told how to go on with it might still complete it: then it has to be given up at the provider too. */
  private async fail(payment: PaymentStateRow, failureCode: string, reference: string | null): Promise<void> {
    const now = this.clock.now();
    await this.settlements.note(payment.sale_id, payment.id, { status: 'failed', reference, failureCode }, now);
    this.transitions.changing();
    const over = ['cancelled', 'amount_mismatch', 'provider_no_answer'].includes(failureCode);
    if (payment.provider_ref !== null && !over) await this.payments.setGivingUp(payment.id, true, now);
  }
}

/** Whether what was taken is what the sale costs: its amount and its currency, now as when it was asked for. */
function isWhole({ amount, currency }: Taken, payment: PaymentStateRow): boolean {
  if (amount !== payment.amount || currency !== payment.currency) return false;
  return amount === payment.total && currency === payment.sale_currency;
}
