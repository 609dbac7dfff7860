import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { IdempotencyRepository } from '../../../platform/http/idempotency.repository.js';
import { withinProvider } from '../../../platform/security/request-context.js';
import type { Finding } from '../../payments/payments.api.js';
import { PaymentDecisionsRepository, type PaymentStateRow } from './payment-decisions.repository.js';
import { type FollowUp, PaymentDecisions } from './payment-decisions.service.js';
import { PaymentFollowUps } from './payment-follow-ups.service.js';

/** Carries decisions about payments out, in transactions of their own. */
@Injectable()
export class PaymentOutcomes {
  constructor(
    private readonly decisions: PaymentDecisions,
    private readonly payments: PaymentDecisionsRepository,
    private readonly followUps: PaymentFollowUps,
    private readonly records: IdempotencyRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Applies what is known of a payment, and gives back what has to go back. */
  async settle(saleId: string, paymentId: string, finding: Finding): Promise<void> {
    const decide = async (): Promise<FollowUp> => {
      await this.payments.holdSale(saleId);
      return this.decisions.apply(paymentId, finding);
    };
    await this.followUps.carryOut(await withinProvider(() => this.uow.run(decide)));
  }

  /** A payment as it stands. */
  state(paymentId: string): Promise<PaymentStateRow> {
    return this.payments.state(paymentId, null);
  }

  /** Keeps the answer to a request whose payment was decided by somebody else. */
  async keep(request: IdempotentRequest | undefined, answer: object): Promise<void> {
    if (request === undefined) return;
    await this.uow.run(async () => {
      await this.records.claim(request, this.clock.now());
      await this.records.record(request, new StoredAnswer(201, JSON.stringify(answer)));
    });
  }
}
