import { Injectable } from '@nestjs/common';
import { SaleRefundsService } from '../refunds/sale-refunds.service.js';
import type { FollowUp } from './payment-decisions.service.js';
import { StrayCharges } from './stray-charges.service.js';

/** Gives money back after the decision to do so was committed. */
@Injectable()
export class PaymentFollowUps {
  constructor(
    private readonly refunds: SaleRefundsService,
    private readonly strays: StrayCharges,
  ) {}

  /** Outside any transaction. What a crash or a failure leaves behind is caught up with. */
  async carryOut({ refundId, strayId }: FollowUp): Promise<void> {
    if (refundId !== undefined) await this.refunds.carryOut(refundId);
    if (strayId !== undefined) await this.strays.carryOut(strayId);
  }

  /** Carries out what crashes and failures have left behind. */
  async catchUp(signal: AbortSignal): Promise<void> {
    await this.refunds.catchUp(signal);
    await this.strays.catchUp(signal);
  }
}
