import { Module } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { ApiKeyPrivacy } from '../api-keys/api-key-privacy.api.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuditPrivacy } from '../audit/audit-privacy.api.js';
import { AuthModule } from '../auth/auth.module.js';
import { SessionPrivacy } from '../auth/session-privacy.api.js';
import { SignInPrivacy } from '../auth/sign-in-privacy.api.js';
import { CartPrivacy } from '../carts/cart-privacy.api.js';
import { CartsModule } from '../carts/carts.module.js';
import { DeliveryAddressPrivacy } from '../delivery-addresses/delivery-address-privacy.api.js';
import { DeliveryAddressesModule } from '../delivery-addresses/delivery-addresses.module.js';
import { InvoicePrivacy } from '../invoices/invoice-privacy.api.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { PaymentPrivacy } from '../payments/payment-privacy.api.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { CatalogueTransferModule } from '../products/catalogue-transfer.module.js';
import { ImportPrivacy } from '../products/import/import-privacy.api.js';
import { PromotionPrivacy } from '../promotions/promotion-privacy.api.js';
import { PromotionsModule } from '../promotions/promotions.module.js';
import { ReturnPrivacy } from '../sales/return-privacy.api.js';
import { SalePrivacy } from '../sales/sale-privacy.api.js';
import { SalesModule } from '../sales/sales.module.js';
import { ShipmentPrivacy } from '../sales/shipment-privacy.api.js';
import { PastCustomerPrivacy } from '../sales-history/past-customer-privacy.api.js';
import { SalesHistoryModule } from '../sales-history/sales-history.module.js';
import { UserPrivacy } from '../users/user-privacy.api.js';
import { UsersModule } from '../users/users.module.js';
import { IdempotencyPrivacy } from './idempotency-privacy.service.js';
import { PrivacyController } from './privacy.controller.js';
import { PrivacyJobs } from './privacy.jobs.js';
import { HOLDERS, PrivacyService } from './privacy.service.js';

/**
 * Whoever keeps something about people stands here. Carts and sales come before the account: checkouts and settlements
 * hold those while they refer to its row, and would wait for us as we for them the other way round.
 */
const IN_ORDER = [
  CartPrivacy,
  SalePrivacy,
  PastCustomerPrivacy,
  ReturnPrivacy,
  ShipmentPrivacy,
  PromotionPrivacy,
  PaymentPrivacy,
  SignInPrivacy,
  ApiKeyPrivacy,
  UserPrivacy,
  SessionPrivacy,
  DeliveryAddressPrivacy,
  InvoicePrivacy,
  ImportPrivacy,
  IdempotencyPrivacy,
  AuditPrivacy,
];

const holders = {
  provide: HOLDERS,
  inject: IN_ORDER,
  useFactory: (...all: PersonalData[]): readonly PersonalData[] => all,
};

/** Export and erasure of all that is held about a person. */
@Module({
  imports: [
    ApiKeysModule,
    AuditModule,
    AuthModule,
    CartsModule,
    CatalogueTransferModule,
    DeliveryAddressesModule,
    InvoicesModule,
    JobsModule,
    PaymentsModule,
    PromotionsModule,
    SalesHistoryModule,
    SalesModule,
    UsersModule,
  ],
  controllers: [PrivacyController],
  providers: [holders, IdempotencyPrivacy, PrivacyJobs, PrivacyService],
})
export class PrivacyModule {}
