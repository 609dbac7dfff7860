import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { PromotionsModule } from '../promotions/promotions.module.js';
import { CartOwners } from './cart-owners.service.js';
import { CartPrivacy } from './cart-privacy.api.js';
import { CartReader } from './cart-reader.service.js';
import { CartTotalsCache } from './cart-totals.cache.js';
import { CartsApi } from './carts.api.js';
import { CartsController } from './carts.controller.js';
import { CartsRepository } from './carts.repository.js';
import { CartsService } from './carts.service.js';

@Module({
  imports: [ProductsModule, PromotionsModule],
  controllers: [CartsController],
  providers: [CartOwners, CartPrivacy, CartReader, CartTotalsCache, CartsApi, CartsRepository, CartsService],
  exports: [CartPrivacy, CartsApi],
})
export class CartsModule {}
