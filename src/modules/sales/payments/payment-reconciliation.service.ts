import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { sweep } from '../../../platform/jobs/sweep.js';
import { PaymentsApi } from '../../payments/payments.api.js';
import { PaymentDecisionsRepository, type UndecidedPayment } from './payment-decisions.repository.js';
import { PaymentOutcomes } from './payment-outcomes.service.js';

/** Nobody waits for an answer for longer than this; then what became of the charge is looked for. */
const UNANSWERED_MS = 30_000;
/** How often it is looked whether a webhook about a pending charge got lost. */
const ANSWERED_MS = 120_000;
/** Providers deliver again for days, not for months. */
const EVENTS_KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Asks providers about payments that nobody has decided: whose process died between the charge and its record, whose
 * answer or webhook got lost, or that are to be given up. Each is taken up by one process at a time.
 */
@Injectable()
export class PaymentReconciliation {
  private readonly logger = new Logger(PaymentReconciliation.name);

  constructor(
    private readonly payments: PaymentDecisionsRepository,
    private readonly providers: PaymentsApi,
    private readonly outcomes: PaymentOutcomes,
    private readonly clock: Clock,
  ) {}

  async reconcile(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const ago = (milliseconds: number): Date => new Date(now.getTime() - milliseconds);
    for (const payment of await this.payments.takeUp(ago(UNANSWERED_MS), ago(ANSWERED_MS), now)) {
      if (signal.aborted) return;
      await this.settle(payment);
    }
  }

  /** Forgets webhooks that no provider delivers again. */
  async forgetEvents(signal: AbortSignal): Promise<void> {
    const before = new Date(this.clock.now().getTime() - EVENTS_KEPT_MS);
    await sweep(signal, () => this.payments.sweepEvents(before));
  }

  private async settle(payment: UndecidedPayment): Promise<void> {
    const { id, sale_id: saleId, provider, provider_ref: reference, created_at: openedAt } = payment;
    const { method, amount, currency } = payment;
    const charge = { id, saleId, method, amount, currency, reference, openedAt };
    try {
      const finding = payment.giving_up
        ? await this.providers.giveUp(provider, charge)
        : await this.providers.find(provider, charge);
      await this.outcomes.settle(saleId, id, finding);
    } catch (error) {
      this.logger.warn(
        { err: error, paymentId: id },
        'A payment is left undecided; its provider is asked again later.',
      );
    }
  }
}
