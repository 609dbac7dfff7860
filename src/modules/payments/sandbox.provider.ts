import { Injectable } from '@nestjs/common';
import type { Charge, ChargeOutcome, PaymentProvider, Reversal } from './payment-provider.js';

/** A provider that takes no money: the method says what becomes of the charge. */
@Injectable()
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox';

  accepts(method: string): boolean {
    return ['ok', 'declined', 'pending'].includes(method);
  }

  decided(method: string, paymentId: string): ChargeOutcome | undefined {
    return outcomeOf(method, paymentId);
  }

  async charge({ method, id }: Charge): Promise<ChargeOutcome> {
    return outcomeOf(method, id);
  }

  async refund(reversal: Reversal): Promise<string> {
    return `sandbox_${reversal.id}`;
  }
}

function outcomeOf(method: string, paymentId: string): ChargeOutcome {
  const reference = `sandbox_${paymentId}`;
  if (method === 'declined') return { status: 'failed', failureCode: 'card_declined' };
  return { status: method === 'pending' ? 'pending' : 'completed', reference };
}
