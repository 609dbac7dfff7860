import { Injectable } from '@nestjs/common';
import type { Charge, ChargeOutcome, PaymentProvider, Reversal } from './payment-provider.js';

/** A provider that takes no money: the method says what becomes of the charge. */
@Injectable()
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox';

  accepts(method: string): boolean {
    return ['ok', 'declined', 'pending'].includes(method);
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    const reference = `sandbox_${charge.id}`;
    if (charge.method === 'declined') return { status: 'failed', failureCode: 'card_declined' };
    return { status: charge.method === 'pending' ? 'pending' : 'completed', reference };
  }

  async refund(reversal: Reversal): Promise<string> {
    return `sandbox_${reversal.id}`;
  }
}
