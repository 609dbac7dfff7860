import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { actorIdOf, type StaffPrincipal } from '../../../platform/security/principal.js';
import { AuditApi } from '../../audit/audit.api.js';
import type { CreateShipment, ShipmentResponse, ShipmentsResponse } from '../dto/shipment.dto.js';
import { SaleNotFound } from '../sales.errors.js';
import { SalesRepository } from '../sales.repository.js';
import { SaleShipping } from './sale-shipping.service.js';
import { toShipment } from './shipment-mapper.js';
import { ShipmentsRepository } from './shipments.repository.js';

/** Shipments as staff make them and see them. */
@Injectable()
export class ShipmentsService {
  constructor(
    private readonly shipping: SaleShipping,
    private readonly shipments: ShipmentsRepository,
    private readonly sales: SalesRepository,
    private readonly uow: UnitOfWork,
    private readonly audit: AuditApi,
  ) {}

  /** The note is for the buyer, and may be personal: the shipment has it, and the audit log has not. */
  async ship(staff: StaffPrincipal, saleId: string, body: CreateShipment): Promise<ShipmentResponse> {
    return this.uow.run(async () => {
      const sale = await this.sales.getLocked(saleId);
      const { items, ...said } = body;
      const { shipmentId, status } = await this.shipping.ship(sale, items, { ...said, actor: actorIdOf(staff) });
      const row = (await this.shipments.list(saleId)).find(({ id }) => id === shipmentId);
      if (row === undefined) throw new SaleNotFound();
      const { carrier, tracking_number: trackingNumber } = row;
      const pieces = row.items.map(({ productId, quantity }) => ({ productId, quantity }));
      const subject = { subjectType: 'sale', subjectId: saleId };
      const before = { status: sale.status };
      const after = { status, shipmentId, carrier, trackingNumber, items: JSON.stringify(pieces) };
      await this.audit.record({ action: 'sale.shipped', ...subject, before, after });
      return toShipment(row);
    });
  }

  /** @throws {SaleNotFound} */
  async list(saleId: string): Promise<ShipmentsResponse> {
    await this.sales.get(saleId);
    return { items: (await this.shipments.list(saleId)).map(toShipment) };
  }
}
