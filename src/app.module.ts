import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from './common/clock.js';
import type { Config } from './config/config.js';
import { entities } from './entities.js';
import { AnalyticsModule } from './modules/analytics/analytics.module.js';
import { ApiKeysModule } from './modules/api-keys/api-keys.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { AuthModule } from './modules/auth/auth.module.js';
import { CartsModule } from './modules/carts/carts.module.js';
import { DeliveryAddressesModule } from './modules/delivery-addresses/delivery-addresses.module.js';
import { InvoicesModule } from './modules/invoices/invoices.module.js';
import { PaymentsModule } from './modules/payments/payments.module.js';
import { PrivacyModule } from './modules/privacy/privacy.module.js';
import { CatalogueTransferModule } from './modules/products/catalogue-transfer.module.js';
import { ProductsModule } from './modules/products/products.module.js';
import { PromotionsModule } from './modules/promotions/promotions.module.js';
import { SalesModule } from './modules/sales/sales.module.js';
import { SalesHistoryModule } from './modules/sales-history/sales-history.module.js';
import { ShippingModule } from './modules/shipping/shipping.module.js';
import { TaxesModule } from './modules/taxes/taxes.module.js';
import { UsersModule } from './modules/users/users.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { OperationsModule } from './platform/http/operations.module.js';
import { PlatformModule } from './platform/platform.module.js';

export interface ApplicationOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly clock?: Clock;
}

const FEATURES = [
  AnalyticsModule,
  ApiKeysModule,
  AuditModule,
  AuthModule,
  CartsModule,
  CatalogueTransferModule,
  DeliveryAddressesModule,
  InvoicesModule,
  PaymentsModule,
  PrivacyModule,
  ProductsModule,
  PromotionsModule,
  SalesHistoryModule,
  SalesModule,
  ShippingModule,
  TaxesModule,
  UsersModule,
];

/** The whole application. */
@Module({})
export class AppModule {
  static register({ config, databaseUrl, clock }: ApplicationOptions): DynamicModule {
    const platform = PlatformModule.register({ config, databaseUrl, entities, clock });
    return { module: AppModule, imports: [platform, HttpModule, OperationsModule, ...FEATURES] };
  }
}
