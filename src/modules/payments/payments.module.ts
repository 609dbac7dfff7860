import { Module } from '@nestjs/common';
import { ManualProvider } from './manual.provider.js';
import { PaymentPrivacy } from './payment-privacy.api.js';
import { PaymentPrivacyRepository } from './payment-privacy.repository.js';
import { PaymentsApi } from './payments.api.js';
import { SandboxProvider } from './sandbox.provider.js';
import { StripeProvider } from './stripe.provider.js';

/** Payment providers: who takes the money, and who gives it back. */
@Module({
  providers: [ManualProvider, PaymentPrivacy, PaymentPrivacyRepository, PaymentsApi, SandboxProvider, StripeProvider],
  exports: [PaymentPrivacy, PaymentsApi],
})
export class PaymentsModule {}
