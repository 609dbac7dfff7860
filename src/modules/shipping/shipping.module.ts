import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ShippingApi } from './shipping.api.js';
import { ShippingMethodsController } from './shipping-methods.controller.js';
import { ShippingMethodsRepository } from './shipping-methods.repository.js';
import { ShippingMethodsService } from './shipping-methods.service.js';

@Module({
  imports: [AuditModule],
  controllers: [ShippingMethodsController],
  providers: [ShippingApi, ShippingMethodsRepository, ShippingMethodsService],
  exports: [ShippingApi],
})
export class ShippingModule {}
