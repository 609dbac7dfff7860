import { Injectable } from '@nestjs/common';
import { formatMoney } from '../../common/money.js';
import type { PersonalData } from '../../common/personal-data.js';
import { PaymentPrivacyRepository } from './payment-privacy.repository.js';

/** What is known of how a customer paid and was paid back. The money stays on the books, the reasons given do not. */
@Injectable()
export class PaymentPrivacy implements PersonalData {
  readonly section = 'payments';

  constructor(private readonly payments: PaymentPrivacyRepository) {}

  async exportOf(userId: string): Promise<Readonly<Record<string, unknown>>[]> {
    const refunds = await this.payments.refunds(userId);
    const strays = await this.payments.strayCharges(userId);
    const disputes = await this.payments.disputes(userId);
    return (await this.payments.payments(userId)).map((payment) => ({
      ...payment,
      amount: formatMoney(payment.amount, payment.currency),
      refundedAmount: formatMoney(payment.refundedAmount, payment.currency),
      refunds: refunds
        .filter(({ paymentId }) => paymentId === payment.id)
        .map((refund) => ({ ...refund, amount: formatMoney(refund.amount, refund.currency) })),
      strayCharges: strays
        .filter(({ paymentId }) => paymentId === payment.id)
        .map((stray) => ({ ...stray, amount: formatMoney(stray.amount, stray.currency) })),
      disputes: disputes
        .filter(({ paymentId }) => paymentId === payment.id)
        .map((dispute) => ({ ...dispute, amount: formatMoney(dispute.amount, dispute.currency) })),
    }));
  }

  erase(userId: string): Promise<void> {
    return this.payments.eraseReasons(userId);
  }
}
