import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { formatMoney } from '../../../common/money.js';
import { TOO_LATE, within } from '../../../common/within.js';
import { AuditApi } from '../../audit/audit.api.js';
import { PaymentsApi, type RefundOutcome } from '../../payments/payments.api.js';
import { type NewStray, PaymentDecisionsRepository } from './payment-decisions.repository.js';

/** How long a refund may be under way before it counts as abandoned. */
const ABANDONED_MS = 60_000;
/** How long whoever found the charge waits for the provider. */
const PATIENCE_MS = 5_000;

/** Gives back what a provider took and what paid nothing: written down first, paid out second. */
@Injectable()
export class StrayCharges {
  private readonly logger = new Logger(StrayCharges.name);

  constructor(
    private readonly strays: PaymentDecisionsRepository,
    private readonly payments: PaymentsApi,
    private readonly audit: AuditApi,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes down that a charge paid nothing, in the transaction under way, which holds its sale.
   * @returns what to {@link carryOut} after the commit; undefined where it is known already, or nothing was taken
   */
  async open(saleId: string, stray: NewStray): Promise<string | undefined> {
    if (stray.amount === 0n) return undefined;
    const id = await this.strays.openStray(stray, this.clock.now());
    if (id === undefined) return undefined;
    const { paymentId, reason, currency } = stray;
    const after = { paymentId, reason, amount: formatMoney(stray.amount, currency), currency };
    this.logger.warn({ saleId, ...after }, 'A provider took money that pays nothing; it goes back.');
    await this.audit.record({ action: 'payment.stray', subjectType: 'sale', subjectId: saleId, after });
    return id;
  }

  /** Has the money paid out, outside any transaction; a failure leaves it to the next catch-up. */
  async carryOut(id: string): Promise<void> {
    if ((await within(PATIENCE_MS, this.tryOut(id))) === TOO_LATE) {
      this.logger.warn({ strayCharge: id }, 'The provider takes its time over giving a charge back.');
    }
  }

  /** Carries out what crashes and failures have left behind. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const before = new Date(this.clock.now().getTime() - ABANDONED_MS);
    for (const id of await this.strays.pendingStrays(before)) {
      if (signal.aborted) return;
      await this.carryOut(id);
    }
  }

  /** Notes what became of the refund of a stray charge. */
  async decide(id: string, outcome: RefundOutcome): Promise<void> {
    const { status, reference = null } = outcome;
    const failureCode = outcome.status === 'failed' ? outcome.failureCode : null;
    if (failureCode !== null) {
      this.logger.error({ strayCharge: id, failureCode }, 'A charge that pays nothing could not be given back.');
    }
    await this.strays.decideStray(id, status, reference, failureCode, this.clock.now());
  }

  private async tryOut(id: string): Promise<void> {
    try {
      const stray = await this.strays.takeUpStray(id, this.clock.now());
      if (stray === undefined) return;
      const { provider, provider_ref: charge, refund_ref: reference, created_at: since, method } = stray;
      const { amount, currency } = stray;
      const reversal = { id, charge, method, amount, currency, reference, since };
      await this.decide(id, await this.payments.refund(provider, reversal));
    } catch (error) {
      this.logger.warn({ err: error, strayCharge: id }, 'A charge that pays nothing is left to the next catch-up.');
    }
  }
}
