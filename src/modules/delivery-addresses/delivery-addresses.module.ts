import { Module } from '@nestjs/common';
import { DeliveryAddressPrivacy } from './delivery-address-privacy.api.js';
import { DeliveryAddressesController } from './delivery-addresses.controller.js';
import { DeliveryAddressesRepository } from './delivery-addresses.repository.js';
import { DeliveryAddressesService } from './delivery-addresses.service.js';

@Module({
  controllers: [DeliveryAddressesController],
  providers: [DeliveryAddressPrivacy, DeliveryAddressesRepository, DeliveryAddressesService],
  exports: [DeliveryAddressPrivacy],
})
export class DeliveryAddressesModule {}
