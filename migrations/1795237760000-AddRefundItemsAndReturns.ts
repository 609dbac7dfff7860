import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // Until now every refund gave back a whole sale.
  `ALTER TABLE refunds ADD COLUMN subtotal bigint, ADD COLUMN discount bigint, ADD COLUMN shipping bigint,
     ADD COLUMN tax bigint`,
  `UPDATE refunds r SET subtotal = s.subtotal, discount = s.discount, shipping = s.shipping, tax = s.tax
   FROM sales s WHERE s.id = r.sale_id`,
  `ALTER TABLE refunds ALTER COLUMN subtotal SET NOT NULL, ALTER COLUMN discount SET NOT NULL,
     ALTER COLUMN shipping SET NOT NULL, ALTER COLUMN tax SET NOT NULL,
     ADD CONSTRAINT refunds_parts_not_negative
       CHECK (subtotal >= 0 AND discount >= 0 AND shipping >= 0 AND tax >= 0),
     ADD CONSTRAINT refunds_amount_adds_up CHECK (amount = subtotal - discount + shipping + tax)`,
  `CREATE INDEX refunds_pending_idx ON refunds (updated_at) WHERE status = 'pending'`,

  `ALTER TABLE sale_items ADD COLUMN refunded_units integer NOT NULL DEFAULT 0,
     ADD COLUMN returned_units integer NOT NULL DEFAULT 0`,
  `UPDATE sale_items i SET refunded_units = quantity FROM refunds r WHERE r.sale_id = i.sale_id`,
  `UPDATE sale_items i SET returned_units = quantity FROM sales s WHERE s.id = i.sale_id AND s.status = 'returned'`,
  `ALTER TABLE sale_items
     ADD CONSTRAINT sale_items_refunded_units_within CHECK (refunded_units BETWEEN 0 AND quantity),
     ADD CONSTRAINT sale_items_returned_units_within CHECK (returned_units BETWEEN 0 AND quantity)`,

  `CREATE TABLE refund_items (
    refund_id uuid NOT NULL,
    position integer NOT NULL,
    sale_id uuid NOT NULL,
    line_no integer NOT NULL,
    units integer NOT NULL,
    unit_price bigint NOT NULL,
    quantity integer NOT NULL,
    discount bigint NOT NULL,
    tax bigint NOT NULL,
    line_total bigint NOT NULL,
    CONSTRAINT refund_items_quantity_positive CHECK (quantity > 0),
    CONSTRAINT refund_items_units_known CHECK (units IN (0, quantity)),
    CONSTRAINT refund_items_amounts_not_negative CHECK (discount BETWEEN 0 AND line_total AND tax >= 0),
    CONSTRAINT refund_items_total_adds_up CHECK (line_total = unit_price * quantity),
    CONSTRAINT refund_items_pkey PRIMARY KEY (refund_id, position),
    CONSTRAINT refund_items_refund_fkey FOREIGN KEY (refund_id) REFERENCES refunds(id),
    CONSTRAINT refund_items_sale_item_fkey FOREIGN KEY (sale_id, line_no) REFERENCES sale_items(sale_id, line_no)
  )`,
  'CREATE INDEX refund_items_sale_item_idx ON refund_items (sale_id, line_no)',
  `INSERT INTO refund_items (refund_id, position, sale_id, line_no, units, unit_price, quantity, discount, tax, line_total)
   SELECT r.id, i.line_no, i.sale_id, i.line_no, i.quantity, i.unit_price, i.quantity, i.discount, i.tax, i.line_total
   FROM refunds r JOIN sale_items i ON i.sale_id = r.sale_id`,

  `CREATE TABLE sale_returns (
    id uuid NOT NULL,
    sale_id uuid NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    note text,
    refund_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT sale_returns_status_known CHECK (status IN ('requested', 'approved', 'refused', 'received')),
    CONSTRAINT sale_returns_refunded_when_received CHECK (refund_id IS NULL OR status = 'received'),
    CONSTRAINT sale_returns_pkey PRIMARY KEY (id),
    CONSTRAINT sale_returns_sale_fkey FOREIGN KEY (sale_id) REFERENCES sales(id),
    CONSTRAINT sale_returns_refund_fkey FOREIGN KEY (refund_id) REFERENCES refunds(id)
  )`,
  'CREATE INDEX sale_returns_sale_idx ON sale_returns (sale_id, id)',
  'CREATE INDEX sale_returns_status_idx ON sale_returns (status, id)',
  'CREATE UNIQUE INDEX sale_returns_one_per_refund ON sale_returns (refund_id) WHERE refund_id IS NOT NULL',
  `CREATE TABLE sale_return_items (
    return_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no integer NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT sale_return_items_quantity_positive CHECK (quantity > 0),
    CONSTRAINT sale_return_items_pkey PRIMARY KEY (return_id, line_no),
    CONSTRAINT sale_return_items_return_fkey FOREIGN KEY (return_id) REFERENCES sale_returns(id),
    CONSTRAINT sale_return_items_sale_item_fkey FOREIGN KEY (sale_id, line_no) REFERENCES sale_items(sale_id, line_no)
  )`,
];

const DOWN = [
  'DROP TABLE sale_return_items',
  'DROP TABLE sale_returns',
  'DROP TABLE refund_items',
  `ALTER TABLE sale_items DROP COLUMN refunded_units, DROP COLUMN returned_units`,
  'DROP INDEX refunds_pending_idx',
  `ALTER TABLE refunds DROP COLUMN subtotal, DROP COLUMN discount, DROP COLUMN shipping, DROP COLUMN tax`,
];

/** Lets a part of a sale be given back and sent back: what of it, line by line, so that the parts sum to the whole. */
export class AddRefundItemsAndReturns1795237760000 implements MigrationInterface {
  name = 'AddRefundItemsAndReturns1795237760000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
