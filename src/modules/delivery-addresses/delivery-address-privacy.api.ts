import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { DeliveryAddressesRepository } from './delivery-addresses.repository.js';
import { toView } from './delivery-addresses.service.js';
import type { DeliveryAddressView } from './dto/delivery-address.response.js';

/** The addresses that a customer keeps, as personal data. */
@Injectable()
export class DeliveryAddressPrivacy implements PersonalData {
  readonly section = 'deliveryAddresses';

  constructor(private readonly addresses: DeliveryAddressesRepository) {}

  async exportOf(userId: string): Promise<DeliveryAddressView[]> {
    return (await this.addresses.all(userId)).map(toView);
  }

  erase(userId: string): Promise<void> {
    return this.addresses.forget(userId);
  }
}
