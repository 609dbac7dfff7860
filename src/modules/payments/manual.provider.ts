import { Injectable } from '@nestjs/common';
import type { Charge, ChargeOutcome, PaymentProvider, Reversal } from './payment-provider.js';

/** Money that staff took by other means, such as a bank transfer, and that they give back themselves. */
@Injectable()
export class ManualProvider implements PaymentProvider {
  readonly name = 'manual';

  /** Only staff record such payments; customers cannot choose them. */
  accepts(): boolean {
    return false;
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    return { status: 'completed', reference: `manual_${charge.id}` };
  }

  async refund(reversal: Reversal): Promise<string> {
    return `manual_${reversal.id}`;
  }
}
