import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { SaleTransitions } from '../lifecycle/sale-transitions.service.js';
import { takeUnits, type UnitsOfProduct } from '../refunds/line-units.js';
import type { SaleRow } from '../sale-mapper.js';
import { InvalidTransition, ShipmentExceedsSale } from '../sales.errors.js';
import { type Parcel, ShipmentsRepository } from './shipments.repository.js';

/** What a parcel made of its sale. */
export interface Shipped {
  readonly shipmentId: string;
  readonly status: SaleRow['status'];
}

/** Sends sales, whole or in parts, in the transaction under way, which has locked the sale. */
@Injectable()
export class SaleShipping {
  constructor(
    private readonly shipments: ShipmentsRepository,
    private readonly transitions: SaleTransitions,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends pieces of a sale. It stays confirmed while there are others, and with the last piece it is shipped.
   * @param items all that was not sent yet, where none are named
   * @throws {InvalidTransition} where the sale is not confirmed
   * @throws {ShipmentExceedsSale} naming the lines of which fewer are left
   */
  async ship(sale: SaleRow, items: readonly UnitsOfProduct[] | undefined, parcel: Parcel): Promise<Shipped> {
    if (sale.status !== 'confirmed') throw new InvalidTransition(sale.status, 'shipped');
    const lines = (await this.shipments.lines(sale.id)).map((line) => ({
      ...line,
      available: line.quantity - line.shippedUnits,
    }));
    const rest = lines.filter(({ available }) => available > 0);
    const all = new Map(rest.map(({ lineNo, available }) => [lineNo, available]));
    const { units, problems } = items === undefined ? { units: all, problems: [] } : takeUnits(items, lines);
    if (problems.length > 0) throw new ShipmentExceedsSale(problems);
    const shipmentId = await this.shipments.add(sale.id, units, parcel, this.clock.now());
    const last = rest.every(({ lineNo, available }) => units.get(lineNo) === available);
    await this.transitions.take(sale, last ? 'ship' : 'ship_part', parcel);
    return { shipmentId, status: last ? 'shipped' : 'confirmed' };
  }
}
