import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { type Page, type PageRequest, toPage } from '../../common/paging.js';
import { completeAddress } from '../../common/postal-address.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { DeliveryAddress } from './delivery-address.entity.js';
import { TooManyDeliveryAddresses } from './delivery-addresses.errors.js';
import { DeliveryAddressesRepository } from './delivery-addresses.repository.js';
import type { CreateDeliveryAddress, UpdateDeliveryAddress } from './dto/delivery-address.request.js';
import type { DeliveryAddressView } from './dto/delivery-address.response.js';

/** More than anyone needs, and few enough that nobody can fill the database with them. */
export const MAX_ADDRESSES = 100;

/** The addresses that a customer keeps, of which at most one is the default. */
@Injectable()
export class DeliveryAddressesService {
  constructor(
    private readonly addresses: DeliveryAddressesRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(userId: string, request: PageRequest): Promise<Page<DeliveryAddressView>> {
    const rows = await this.addresses.page(userId, request);
    const total = request.cursor === undefined ? await this.addresses.count(userId) : undefined;
    return toPage(rows, request, total, (row) => [row.id], toView);
  }

  async get(userId: string, id: string): Promise<DeliveryAddressView> {
    return toView(await this.addresses.get(userId, id));
  }

  create(userId: string, input: CreateDeliveryAddress): Promise<DeliveryAddressView> {
    return this.changing(userId, async (now) => {
      const kept = await this.addresses.count(userId);
      if (kept >= MAX_ADDRESSES) throw new TooManyDeliveryAddresses(MAX_ADDRESSES);
      const isDefault = kept === 0 || input.isDefault === true;
      if (isDefault) await this.addresses.unsetDefault(userId, now);
      const times = { createdAt: now, updatedAt: now };
      const address: DeliveryAddress = { id: newId(), userId, ...completeAddress(input), isDefault, ...times };
      await this.addresses.insert(address);
      return toView(address);
    });
  }

  update(userId: string, id: string, change: UpdateDeliveryAddress): Promise<DeliveryAddressView> {
    return this.changing(userId, async (now) => {
      const before = await this.addresses.get(userId, id);
      if (change.isDefault === true && !before.isDefault) await this.addresses.unsetDefault(userId, now);
      await this.addresses.change(id, partsOf(change), now);
      return toView(await this.addresses.get(userId, id));
    });
  }

  /** Deletes an address. Where it was the default, the newest of the others becomes it. */
  remove(userId: string, id: string): Promise<void> {
    return this.changing(userId, async (now) => {
      const wasDefault = await this.addresses.remove(userId, id);
      if (wasDefault) await this.addresses.promoteNewest(userId, now);
    });
  }

  /** One change at a time for each customer: the limit and the single default are decided on what is there. */
  private changing<T>(userId: string, work: (now: Date) => Promise<T>): Promise<T> {
    return this.uow.run(async () => {
      await this.addresses.lockOwner(userId);
      return work(this.clock.now());
    });
  }
}

/** An address as its owner sees it. */
export function toView(address: DeliveryAddress): DeliveryAddressView {
  return { id: address.id, ...completeAddress(address), isDefault: address.isDefault };
}

/** The fields of a change that a customer may write, and no other. */
function partsOf(change: UpdateDeliveryAddress): UpdateDeliveryAddress {
  const { label, recipient, line1, line2, city, region, postalCode, country, phone, isDefault } = change;
  return { label, recipient, line1, line2, city, region, postalCode, country, phone, isDefault };
}
