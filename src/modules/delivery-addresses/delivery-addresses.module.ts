import { Module } from '@nestjs/common';
import { DeliveryAddressesApi } from './delivery-addresses.api.js';
import { DeliveryAddressesController } from './delivery-addresses.controller.js';
import { DeliveryAddressesRepository } from './delivery-addresses.repository.js';
import { DeliveryAddressesService } from './delivery-addresses.service.js';

@Module({
  controllers: [DeliveryAddressesController],
  providers: [DeliveryAddressesApi, DeliveryAddressesRepository, DeliveryAddressesService],
  exports: [DeliveryAddressesApi],
})
export class DeliveryAddressesModule {}
