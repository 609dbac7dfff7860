import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CartsModule } from '../carts/carts.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ProductsModule } from '../products/products.module.js';
import { PromotionsModule } from '../promotions/promotions.module.js';
import { TaxesModule } from '../taxes/taxes.module.js';
import { AdminReturnsController } from './admin-returns.controller.js';
import { AdminSalesController } from './admin-sales.controller.js';
import { BuyingService } from './buying.service.js';
import { CheckoutRepository } from './checkout.repository.js';
import { CheckoutService } from './checkout.service.js';
import { KeyedEffects } from './keyed-effects.service.js';
import { OpenSalesRepository } from './open-sales.repository.js';
import { OpenSales } from './open-sales.service.js';
import { PayingAtOnce } from './paying-at-once.service.js';
import { RefundingService } from './refunding.service.js';
import { RefundsController } from './refunds.controller.js';
import { RefundsRepository } from './refunds.repository.js';
import { ReturnDecisions } from './return-decisions.service.js';
import { ReturnPrivacy } from './return-privacy.api.js';
import { ReturnReceipts } from './return-receipts.service.js';
import { ReturnsRepository } from './returns.repository.js';
import { SaleCancellationService } from './sale-cancellation.service.js';
import { SaleChangesService } from './sale-changes.service.js';
import { SaleNews } from './sale-news.service.js';
import { SalePaymentsService } from './sale-payments.service.js';
import { SalePrivacy } from './sale-privacy.api.js';
import { SalePrivacyRepository } from './sale-privacy.repository.js';
import { SaleRefundsService } from './sale-refunds.service.js';
import { SaleReturnsController } from './sale-returns.controller.js';
import { SaleReturnsService } from './sale-returns.service.js';
import { SaleStatusService } from './sale-status.service.js';
import { SaleTransitions } from './sale-transitions.service.js';
import { SaleViews } from './sale-views.service.js';
import { SalesController } from './sales.controller.js';
import { SalesJobs } from './sales.jobs.js';
import { SalesRepository } from './sales.repository.js';
import { SalesService } from './sales.service.js';
import { SettlementRepository } from './settlement.repository.js';
import { SettlementQueue } from './settlement-queue.service.js';

/** Sales: checkout, payment, delivery, cancellation, refunds and returns. */
@Module({
  imports: [AuditModule, CartsModule, InvoicesModule, PaymentsModule, ProductsModule, PromotionsModule, TaxesModule],
  controllers: [
    SalesController,
    SaleReturnsController,
    AdminSalesController,
    RefundsController,
    AdminReturnsController,
  ],
  providers: [
    BuyingService,
    CheckoutRepository,
    CheckoutService,
    KeyedEffects,
    OpenSales,
    OpenSalesRepository,
    PayingAtOnce,
    RefundingService,
    RefundsRepository,
    ReturnDecisions,
    ReturnPrivacy,
    ReturnReceipts,
    ReturnsRepository,
    SaleCancellationService,
    SaleChangesService,
    SaleNews,
    SalePaymentsService,
    SalePrivacy,
    SalePrivacyRepository,
    SaleRefundsService,
    SaleReturnsService,
    SaleStatusService,
    SaleTransitions,
    SaleViews,
    SalesJobs,
    SalesRepository,
    SalesService,
    SettlementQueue,
    SettlementRepository,
  ],
  exports: [ReturnPrivacy, SalePrivacy],
})
export class SalesModule {}
