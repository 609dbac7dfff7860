import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE sale_items ADD COLUMN shipped_units integer NOT NULL DEFAULT 0`,
  `UPDATE sale_items i SET shipped_units = quantity FROM sales s
   WHERE s.id = i.sale_id AND s.status IN ('shipped', 'delivered', 'returned')`,
  `ALTER TABLE sale_items
     ADD CONSTRAINT sale_items_shipped_units_within CHECK (shipped_units BETWEEN 0 AND quantity)`,
  `CREATE TABLE sale_shipments (
    id uuid NOT NULL,
    sale_id uuid NOT NULL,
    carrier text,
    tracking_number text,
    note text,
    actor text NOT NULL,
    shipped_at timestamptz NOT NULL,
    CONSTRAINT sale_shipments_pkey PRIMARY KEY (id),
    CONSTRAINT sale_shipments_sale_fkey FOREIGN KEY (sale_id) REFERENCES sales(id)
  )`,
  'CREATE INDEX sale_shipments_sale_idx ON sale_shipments (sale_id, id)',
  `CREATE TABLE sale_shipment_items (
    shipment_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no integer NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT sale_shipment_items_quantity_positive CHECK (quantity > 0),
    CONSTRAINT sale_shipment_items_pkey PRIMARY KEY (shipment_id, line_no),
    CONSTRAINT sale_shipment_items_shipment_fkey FOREIGN KEY (shipment_id) REFERENCES sale_shipments(id),
    CONSTRAINT sale_shipment_items_sale_item_fkey FOREIGN KEY (sale_id, line_no) REFERENCES sale_items(sale_id, line_no)
  )`,
  'CREATE INDEX sale_shipment_items_sale_item_idx ON sale_shipment_items (sale_id, line_no)',
  // Until now every sale was shipped whole.
  `INSERT INTO sale_shipments (id, sale_id, carrier, tracking_number, note, actor, shipped_at)
   SELECT coalesce(h.id, gen_random_uuid()), s.id, s.carrier, s.tracking_number, h.note, coalesce(h.actor, 'unknown'),
     coalesce(h.at, s.updated_at)
   FROM sales s LEFT JOIN LATERAL (
     SELECT * FROM sale_history h WHERE h.sale_id = s.id AND h.to_status = 'shipped' ORDER BY h.id LIMIT 1) h ON true
   WHERE s.status IN ('shipped', 'delivered', 'returned')`,
  `INSERT INTO sale_shipment_items (shipment_id, sale_id, line_no, quantity)
   SELECT p.id, i.sale_id, i.line_no, i.quantity FROM sale_shipments p JOIN sale_items i ON i.sale_id = p.sale_id`,
];

const DOWN = [
  'DROP TABLE sale_shipment_items',
  'DROP TABLE sale_shipments',
  'ALTER TABLE sale_items DROP COLUMN shipped_units',
];

/** Lets a sale be sent in several parcels: what is in each, by which carrier, and how much of each line is on its way. */
export class AddShipments1795237821000 implements MigrationInterface {
  name = 'AddShipments1795237821000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
