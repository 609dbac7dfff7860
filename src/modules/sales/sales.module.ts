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
import { AdminSalesController } from './admin-sales.controller.js';
import { BuyingService } from './checkout/buying.service.js';
import { CheckoutRepository } from './checkout/checkout.repository.js';
import { CheckoutService } from './checkout/checkout.service.js';
import { KeyedEffects } from './checkout/keyed-effects.service.js';
import { OpenSalesRepository } from './checkout/open-sales.repository.js';
import { OpenSales } from './checkout/open-sales.service.js';
import { PayingAtOnce } from './checkout/paying-at-once.service.js';
import { PlacementQueue } from './checkout/placement-queue.service.js';
import { PlacementsRepository } from './checkout/placements.repository.js';
import { Quotes } from './checkout/quotes.service.js';
import { Drafting } from './drafts/drafting.service.js';
import { DraftsController } from './drafts/drafts.controller.js';
import { DraftsRepository } from './drafts/drafts.repository.js';
import { Drafts } from './drafts/drafts.service.js';
import { SaleEditing } from './drafts/sale-editing.service.js';
import { SaleEdits } from './drafts/sale-edits.service.js';
import { SaleActs } from './lifecycle/sale-acts.service.js';
import { SaleCancellationService } from './lifecycle/sale-cancellation.service.js';
import { SaleChangesService } from './lifecycle/sale-changes.service.js';
import { SaleEffects } from './lifecycle/sale-effects.service.js';
import { SaleStatusService } from './lifecycle/sale-status.service.js';
import { SaleTransitions } from './lifecycle/sale-transitions.service.js';
import { AdminPaymentsController } from './payments/admin-payments.controller.js';
import { PaymentDecisionsRepository } from './payments/payment-decisions.repository.js';
import { PaymentDecisions } from './payments/payment-decisions.service.js';
import { PaymentDisputesRepository } from './payments/payment-disputes.repository.js';
import { PaymentDisputes } from './payments/payment-disputes.service.js';
import { PaymentFollowUps } from './payments/payment-follow-ups.service.js';
import { PaymentOutcomes } from './payments/payment-outcomes.service.js';
import { PaymentReconciliation } from './payments/payment-reconciliation.service.js';
import { PaymentWebhooksController } from './payments/payment-webhooks.controller.js';
import { PaymentWebhooks } from './payments/payment-webhooks.service.js';
import { ProviderNews } from './payments/provider-news.service.js';
import { ProviderRefunds } from './payments/provider-refunds.service.js';
import { RefundsTold } from './payments/refund-news.service.js';
import { SaleAttemptsRepository } from './payments/sale-attempts.repository.js';
import { SaleAttempts } from './payments/sale-attempts.service.js';
import { SalePaymentsService } from './payments/sale-payments.service.js';
import { SettlementRepository } from './payments/settlement.repository.js';
import { SettlementQueue } from './payments/settlement-queue.service.js';
import { StrayCharges } from './payments/stray-charges.service.js';
import { RefundingService } from './refunds/refunding.service.js';
import { RefundsController } from './refunds/refunds.controller.js';
import { RefundsRepository } from './refunds/refunds.repository.js';
import { SaleRefundsService } from './refunds/sale-refunds.service.js';
import { ReturnPrivacy } from './return-privacy.api.js';
import { AdminReturnsController } from './returns/admin-returns.controller.js';
import { ReturnDecisions } from './returns/return-decisions.service.js';
import { ReturnReceipts } from './returns/return-receipts.service.js';
import { ReturnsRepository } from './returns/returns.repository.js';
import { SaleReturnsController } from './returns/sale-returns.controller.js';
import { SaleReturnsService } from './returns/sale-returns.service.js';
import { SaleNews } from './sale-news.service.js';
import { SalePrivacy } from './sale-privacy.api.js';
import { SalePrivacyRepository } from './sale-privacy.repository.js';
import { SaleViews } from './sale-views.service.js';
import { SalesController } from './sales.controller.js';
import { SalesJobs } from './sales.jobs.js';
import { SalesRepository } from './sales.repository.js';
import { SalesService } from './sales.service.js';
import { ShipmentPrivacy } from './shipment-privacy.api.js';
import { SaleShipping } from './shipments/sale-shipping.service.js';
import { ShipmentsController } from './shipments/shipments.controller.js';
import { ShipmentsRepository } from './shipments/shipments.repository.js';
import { ShipmentsService } from './shipments/shipments.service.js';

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
    PlacementQueue,
    PlacementsRepository,
    Quotes,
    Drafting,
    Drafts,
    DraftsRepository,
    KeyedEffects,
    PaymentDecisions,
    PaymentDecisionsRepository,
    PaymentDisputes,
    PaymentDisputesRepository,
    PaymentFollowUps,
    PaymentOutcomes,
    PaymentReconciliation,
    PaymentWebhooks,
    ProviderNews,
    ProviderRefunds,
    RefundsTold,
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
