import { Injectable } from '@nestjs/common';
import type { Charge, ChargeOutcome, Finding, PaymentProvider, RefundOutcome, Reversal } from './payment-provider.js';

/** Money that staff took by other means, such as a bank transfer, and that they give back themselves. */
@Injectable()
export class ManualProvider implements PaymentProvider {
  readonly name = 'manual';
  readonly available = true;

  /** Only staff record such payments; customers cannot choose them. */
  accepts(): boolean {
    return false;
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    return { status: 'completed', reference: `manual_${charge.id}` };
  }

  find(charge: Charge): Promise<Finding> {
    return this.charge(charge);
  }

  giveUp(charge: Charge): Promise<Finding> {
    return this.charge(charge);
  }

  async refund(reversal: Reversal): Promise<RefundOutcome> {
    return { status: 'completed', reference: `manual_${reversal.id}` };
  }
}
