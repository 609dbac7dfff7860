import { Injectable } from '@nestjs/common';
import type { RefundNews } from '../../payments/payments.api.js';
import { PaymentDecisionsRepository, type Subject } from './payment-decisions.repository.js';
import { ProviderRefunds } from './provider-refunds.service.js';
import { StrayCharges } from './stray-charges.service.js';

/** What providers tell of refunds, of which some are those of stray charges, and some were made at the provider. */
@Injectable()
export class RefundsTold {
  constructor(
    private readonly payments: PaymentDecisionsRepository,
    private readonly refunds: ProviderRefunds,
    private readonly strays: StrayCharges,
  ) {}

  /** Takes it down. The sale is held now, so what there is of the refund is looked up again. */
  async take(subject: Subject, provider: string, news: RefundNews): Promise<void> {
    const refund = await this.payments.findRefund(provider, news.refundId, news.reference);
    if (refund !== undefined) return this.refunds.decide(refund, news);
    const stray = await this.payments.findStray(provider, news.refundId, news.reference, news.charge);
    if (stray !== undefined) return this.strays.decide(stray.id, news.outcome);
    await this.refunds.adopt(subject, news);
  }
}
