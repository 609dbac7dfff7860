import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CartsModule } from '../carts/carts.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ProductsModule } from '../products/products.module.js';
import { PromotionsModule } from '../promotions/promotions.module.js';
import { ShippingModule } from '../shipping/shipping.module.js';
import { TaxesModule } from '../taxes/taxes.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminPaymentsController } from './admin-payments.controller.js';
import { AdminReturnsController } from './admin-returns.controller.js';
import { AdminSalesController } from './admin-sales.controller.js';
import { BuyingService } from './buying.service.js';
import { CheckoutRepository } from './checkout.repository.js';
import { CheckoutService } from './checkout.service.js';
import { Drafting } from './drafting.service.js';
import { DraftsController } from './drafts.controller.js';
import { DraftsRepository } from './drafts.repository.js';
import { Drafts } from './drafts.service.js';
import { KeyedEffects } from './keyed-effects.service.js';
import { OpenSalesRepository } from './open-sales.repository.js';
import { OpenSales } from './open-sales.service.js';
import { PayingAtOnce } from './paying-at-once.service.js';
import { PaymentDecisionsRepository } from './payment-decisions.repository.js';
import { PaymentDecisions } from './payment-decisions.service.js';
import { PaymentFollowUps } from './payment-follow-ups.service.js';
import { PaymentOutcomes } from './payment-outcomes.service.js';
import { PaymentReconciliation } from './payment-reconciliation.service.js';
import { PaymentWebhooksController } from './payment-webhooks.controller.js';
import { PaymentWebhooks } from './payment-webhooks.service.js';
import { ProviderNews } from './provider-news.service.js';
import { ProviderRefunds } from './provider-refunds.service.js';
import { RefundingService } from './refunding.service.js';
import { RefundsController } from './refunds.controller.js';
import { RefundsRepository } from './refunds.repository.js';
import { ReturnDecisions } from './return-decisions.service.js';
import { ReturnPrivacy } from './return-privacy.api.js';
import { ReturnReceipts } from './return-receipts.service.js';
import { ReturnsRepository } from './returns.repository.js';
import { SaleActs } from './sale-acts.service.js';
import { SaleAttemptsRepository } from './sale-attempts.repository.js';
import { SaleAttempts } from './sale-attempts.service.js';
import { SaleCancellationService } from './sale-cancellation.service.js';
import { SaleChangesService } from './sale-changes.service.js';
import { SaleEditing } from './sale-editing.service.js';
import { SaleEdits } from './sale-edits.service.js';
import { SaleEffects } from './sale-effects.service.js';
import { SaleNews } from './sale-news.service.js';
import { SalePaymentsService } from './sale-payments.service.js';
import { SalePrivacy } from './sale-privacy.api.js';
import { SalePrivacyRepository } from './sale-privacy.repository.js';
import { SaleRefundsService } from './sale-refunds.service.js';
import { SaleReturnsController } from './sale-returns.controller.js';
import { SaleReturnsService } from './sale-returns.service.js';
import { SaleShipping } from './sale-shipping.service.js';
import { SaleStatusService } from './sale-status.service.js';
import { SaleTransitions } from './sale-transitions.service.js';
import { SaleViews } from './sale-views.service.js';
import { SalesController } from './sales.controller.js';
import { SalesJobs } from './sales.jobs.js';
import { SalesRepository } from './sales.repository.js';
import { SalesService } from './sales.service.js';
import { SettlementRepository } from './settlement.repository.js';
import { SettlementQueue } from './settlement-queue.service.js';
import { ShipmentPrivacy } from './shipment-privacy.api.js';
import { ShipmentsController } from './shipments.controller.js';
import { ShipmentsRepository } from './shipments.repository.js';
import { ShipmentsService } from './shipments.service.js';
import { StrayCharges } from './stray-charges.service.js';

/** Sales: checkout, payment, delivery, cancellation, refunds and returns. */
@Module({
  imports: [
    AuditModule,
    CartsModule,
    InvoicesModule,
    PaymentsModule,
    ProductsModule,
    PromotionsModule,
    ShippingModule,
    TaxesModule,
    UsersModule,
  ],
  controllers: [
    SalesController,
    SaleReturnsController,
    AdminSalesController,
    RefundsController,
    AdminReturnsController,
    AdminPaymentsController,
    PaymentWebhooksController,
    ShipmentsController,
    DraftsController,
  ],
  providers: [
    BuyingService,
    CheckoutRepository,
    CheckoutService,
    Drafting,
    Drafts,
    DraftsRepository,
    KeyedEffects,
    PaymentDecisions,
    PaymentDecisionsRepository,
    PaymentFollowUps,
    PaymentOutcomes,
    PaymentReconciliation,
    PaymentWebhooks,
    ProviderNews,
    ProviderRefunds,
    OpenSales,
    OpenSalesRepository,
    PayingAtOnce,
    RefundingService,
    RefundsRepository,
    ReturnDecisions,
    ReturnPrivacy,
    ReturnReceipts,
    ReturnsRepository,
    SaleAttempts,
    SaleAttemptsRepository,
    SaleActs,
    SaleCancellationService,
    SaleChangesService,
    SaleEditing,
    SaleEdits,
    SaleEffects,
    SaleNews,
    SalePaymentsService,
    SalePrivacy,
    SalePrivacyRepository,
    SaleRefundsService,
    SaleReturnsService,
    SaleShipping,
    SaleStatusService,
    SaleTransitions,
    SaleViews,
    SalesJobs,
    SalesRepository,
    SalesService,
    SettlementQueue,
    SettlementRepository,
    StrayCharges,
    ShipmentPrivacy,
    ShipmentsRepository,
    ShipmentsService,
  ],
  exports: [ReturnPrivacy, SalePrivacy, ShipmentPrivacy],
})
export class SalesModule {}
