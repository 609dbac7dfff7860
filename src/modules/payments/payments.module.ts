import { Module } from '@nestjs/common';
import { ManualProvider } from './manual.provider.js';
import { PaymentsApi } from './payments.api.js';
import { SandboxProvider } from './sandbox.provider.js';

/** Payment providers: who takes the money, and who gives it back. */
@Module({ providers: [ManualProvider, PaymentsApi, SandboxProvider], exports: [PaymentsApi] })
export class PaymentsModule {}
