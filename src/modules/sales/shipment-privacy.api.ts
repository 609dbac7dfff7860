import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import type { TrackedShipment } from './dto/shipment.dto.js';
import { toTrackedShipment } from './shipments/shipment-mapper.js';
import { ShipmentsRepository } from './shipments/shipments.repository.js';

interface ShipmentExport extends TrackedShipment {
  readonly saleId: string;
}

/** What was sent to customers, and what was said to them about it. What was sent stays with the sale. */
@Injectable()
export class ShipmentPrivacy implements PersonalData {
  readonly section = 'shipments';

  constructor(private readonly shipments: ShipmentsRepository) {}

  async exportOf(userId: string): Promise<ShipmentExport[]> {
    return (await this.shipments.listOfUser(userId)).map((row) => ({ ...toTrackedShipment(row), saleId: row.sale_id }));
  }

  erase(userId: string): Promise<void> {
    return this.shipments.erase(userId);
  }
}
