import { Injectable } from '@nestjs/common';
import { DeliveryAddressesRepository } from './delivery-addresses.repository.js';
import { DeliveryAddressesService, MAX_ADDRESSES } from './delivery-addresses.service.js';
import type { DeliveryAddressView } from './dto/delivery-address.response.js';

/** The door for other modules: all addresses of a customer, to hand out or to erase. */
@Injectable()
export class DeliveryAddressesApi {
  constructor(
    private readonly service: DeliveryAddressesService,
    private readonly addresses: DeliveryAddressesRepository,
  ) {}

  /** Every address of a customer, newest first: there are 100 at most. */
  async all(userId: string): Promise<readonly DeliveryAddressView[]> {
    return (await this.service.list(userId, { page: 1, perPage: MAX_ADDRESSES, cursor: '' })).items;
  }

  /** Deletes every address of a customer, whose personal data is erased; joins the transaction under way. */
  removeAll(userId: string): Promise<void> {
    return this.addresses.removeAll(userId);
  }
}
