import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { ShipmentRow } from './shipment-mapper.js';

/** A line of a sale: pieces sold, and of these sent. */
export interface ShippableLine {
  readonly lineNo: number;
  readonly productId: string;
  readonly quantity: number;
  readonly shippedUnits: number;
}

/** What is said about a parcel. */
export interface Parcel {
  readonly carrier?: string | undefined;
  readonly trackingNumber?: string | undefined;
  readonly note?: string | undefined;
  readonly actor: string;
}

const LINES = statement(
  'shipments.lines',
  `SELECT line_no AS "lineNo", product_id AS "productId", quantity, shipped_units AS "shippedUnits"
   FROM sale_items WHERE sale_id = $1::uuid ORDER BY line_no`,
);
/**
 * Takes a parcel down: $1 id, $2 sale, $3 carrier, $4 tracking number, $5 note, $6 actor, $7 now, $8 lines, $9
 * quantities. The CHECK of `shipped_units` stands behind the lock of the sale.
 */
const ADD = statement(
  'shipments.add',
  `WITH s AS (
     INSERT INTO sale_shipments (id, sale_id, carrier, tracking_number, note, actor, shipped_at)
     VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::timestamptz)),
   l AS MATERIALIZED (SELECT * FROM unnest($8::int[], $9::int[]) AS l(line_no, quantity)),
   t AS (
     INSERT INTO sale_shipment_items (shipment_id, line_no, sale_id, quantity)
     SELECT $1::uuid, l.line_no, $2::uuid, l.quantity FROM l)
   UPDATE sale_items i SET shipped_units = i.shipped_units + l.quantity
   FROM l WHERE i.sale_id = $2::uuid AND i.line_no = l.line_no`,
);
const SELECT = `SELECT p.id, p.sale_id, p.carrier, p.tracking_number, p.note, p.actor, p.shipped_at,
    (SELECT jsonb_agg(jsonb_build_object('productId', i.product_id, 'sku', i.sku, 'name', i.name,
        'quantity', t.quantity) ORDER BY t.line_no)
      FROM sale_shipment_items t JOIN sale_items i ON i.sale_id = t.sale_id AND i.line_no = t.line_no
      WHERE t.shipment_id = p.id) AS items
  FROM sale_shipments p`;
const LIST = statement('shipments.list', `${SELECT} WHERE p.sale_id = $1::uuid ORDER BY p.id`);
const LIST_OF_USER = statement(
  'shipments.listOfUser',
  `${SELECT} JOIN sales s ON s.id = p.sale_id WHERE s.user_id = $1::uuid ORDER BY p.id`,
);
const ERASE = statement(
  'shipments.erase',
  `UPDATE sale_shipments p SET note = NULL FROM sales s
   WHERE s.user_id = $1::uuid AND p.sale_id = s.id AND p.note IS NOT NULL`,
);

/** What was sent of sales. Writes happen while the sale is locked. */
@Injectable()
export class ShipmentsRepository extends BaseRepository {
  lines(saleId: string): Promise<ShippableLine[]> {
    return this.rows<ShippableLine & Record<string, unknown>>(LINES, [saleId]);
  }

  /** @param units pieces by the number of their line */
  async add(saleId: string, units: ReadonlyMap<number, number>, parcel: Parcel, now: Date): Promise<string> {
    const id = newId();
    const { carrier = null, trackingNumber = null, note = null, actor } = parcel;
    const said = [carrier, trackingNumber, note, actor, now];
    await this.affect(ADD, [id, saleId, ...said, [...units.keys()], [...units.values()]]);
    return id;
  }

  /** Oldest first. */
  list(saleId: string): Promise<ShipmentRow[]> {
    return this.rows<ShipmentRow & Record<string, unknown>>(LIST, [saleId]);
  }

  listOfUser(userId: string): Promise<ShipmentRow[]> {
    return this.rows<ShipmentRow & Record<string, unknown>>(LIST_OF_USER, [userId]);
  }

  /** Takes away what was written to a customer. */
  async erase(userId: string): Promise<void> {
    await this.affect(ERASE, [userId]);
  }
}
