import { Module } from '@nestjs/common';
import { DeliveryAddressesController } from './delivery-addresses.controller.js';
import { DeliveryAddressesRepository } from './delivery-addresses.repository.js';
import { DeliveryAddressesService } from './delivery-addresses.service.js';

@Module({
  controllers: [DeliveryAddressesController],
  providers: [DeliveryAddressesRepository, DeliveryAddressesService],
})
export class DeliveryAddressesModule {}
