import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { PromotionsModule } from '../promotions/promotions.module.js';
import { ShippingModule } from '../shipping/shipping.module.js';
import { TaxesModule } from '../taxes/taxes.module.js';
import { CartExpiry } from './cart-expiry.job.js';
import { CartFilling } from './cart-filling.service.js';
import { CartOwners } from './cart-owners.service.js';
import { CartPricing } from './cart-pricing.service.js';
import { CartPrivacy } from './cart-privacy.api.js';
import { CartReader } from './cart-reader.service.js';
import { CartTotalsCache } from './cart-totals.cache.js';
import { CartsApi } from './carts.api.js';
import { CartsController } from './carts.controller.js';
import { CartsRepository } from './carts.repository.js';
import { CartsService } from './carts.service.js';
import { ExpiredCartsRepository } from './expired-carts.repository.js';
import { RefilledCartsRepository } from './refilled-carts.repository.js';
import { ShippingOptionsController } from './shipping-options.controller.js';
import { ShippingOptionsService } from './shipping-options.service.js';
import { ShownCarts } from './shown-carts.cache.js';

@Module({
  imports: [ProductsModule, PromotionsModule, ShippingModule, TaxesModule],
  controllers: [CartsController, ShippingOptionsController],
  providers: [
    CartExpiry,
    CartFilling,
    CartOwners,
    CartPricing,
    CartPrivacy,
    CartReader,
    CartTotalsCache,
    CartsApi,
    CartsRepository,
    CartsService,
    ExpiredCartsRepository,
    RefilledCartsRepository,
    ShownCarts,
    ShippingOptionsService,
  ],
  exports: [CartPrivacy, CartsApi],
})
export class CartsModule {}
