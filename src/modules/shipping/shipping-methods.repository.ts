import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import { ShippingCodeTaken } from './shipping.errors.js';
import { chargesTo, type DeliveryCharges, type Destination } from './shipping.events.js';
import type { ShippingMethodRow } from './shipping-method-row.js';

const COLUMNS = `id, code, name, active, kind, price, brackets, free_above, countries, sort_order, tax_category, version,
  created_at, updated_at`;

const LIST = statement(
  'shipping.list',
  `SELECT ${COLUMNS} FROM shipping_methods ORDER BY sort_order, code LIMIT $1 OFFSET $2`,
);
const LIST_AFTER = statement(
  'shipping.listAfter',
  `SELECT ${COLUMNS} FROM shipping_methods WHERE $2::int IS NULL OR (sort_order, code) > ($2::int, $3::text)
   ORDER BY sort_order, code LIMIT $1`,
);
const COUNT = statement('shipping.count', 'SELECT count(*)::int AS total FROM shipping_methods');
const FIND = statement('shipping.find', `SELECT ${COLUMNS} FROM shipping_methods WHERE id = $1`);
const HOLD = statement('shipping.hold', `${FIND.text} FOR NO KEY UPDATE`);
const INSERT = statement(
  'shipping.insert',
  `INSERT INTO shipping_methods (${COLUMNS})
   VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, 1, $12, $12)`,
);
const UPDATE = statement(
  'shipping.update',
  `UPDATE shipping_methods SET name = $2, active = $3, kind = $4, price = $5, brackets = $6::jsonb, free_above = $7,
     countries = $8, sort_order = $9, tax_category = $10, version = version + 1, updated_at = $11 WHERE id = $1`,
);
const DELETE = statement('shipping.delete', 'DELETE FROM shipping_methods WHERE id = $1');

/** $1 customer, $2 country that is asked for, $3 country of the shop. */
const DESTINATION = statement(
  'shipping.destination',
  `SELECT t.country, t.region, u.default_shipping_method AS preferred, ${chargesTo('t.country')} AS charges
   FROM (SELECT coalesce($2::text, d.country, $3::text) AS country,
       CASE WHEN $2::text IS NULL OR $2::text = d.country THEN d.region END AS region
     FROM (SELECT 1) one LEFT JOIN delivery_addresses d ON d.user_id = $1::uuid AND d.is_default) t
     LEFT JOIN users u ON u.id = $1::uuid`,
);

type DestinationRow = Pick<Destination, 'country' | 'region' | 'preferred'> & { readonly charges: DeliveryCharges };

/** Shipping methods. */
@Injectable()
export class ShippingMethodsRepository extends BaseRepository {
  /** In the order in which buyers see them. */
  list(limit: number, offset: number): Promise<ShippingMethodRow[]> {
    return this.rows<ShippingMethodRow>(LIST, [limit, offset]);
  }

  /** Those behind one; the first without it. */
  listAfter(limit: number, sortOrder: number | null, code: string | null): Promise<ShippingMethodRow[]> {
    return this.rows<ShippingMethodRow>(LIST_AFTER, [limit, sortOrder, code]);
  }

  async count(): Promise<number> {
    return (await this.first<{ total: number }>(COUNT))?.total ?? 0;
  }

  find(id: string): Promise<ShippingMethodRow | undefined> {
    return this.first<ShippingMethodRow>(FIND, [id]);
  }

  /** A method that nobody else changes until the transaction ends. */
  hold(id: string): Promise<ShippingMethodRow | undefined> {
    return this.first<ShippingMethodRow>(HOLD, [id]);
  }

  /** @throws {ShippingCodeTaken} */
  async insert(row: ShippingMethodRow): Promise<void> {
    const taken = { shipping_methods_code_unique: () => new ShippingCodeTaken() };
    const { id, code, created_at } = row;
    await this.mapping(taken, () => this.affect(INSERT, [id, code, ...written(row), created_at]));
  }

  async update(row: ShippingMethodRow): Promise<void> {
    await this.affect(UPDATE, [row.id, ...written(row), row.updated_at]);
  }

  /** Customers who preferred it prefer none from then on. */
  async delete(id: string): Promise<void> {
    await this.affect(DELETE, [id]);
  }

  /** What it costs to send something to a country, or to the default address of a customer, or else within that of the shop. */
  async destination(userId: string | null, country: string | null, storeCountry: string | null): Promise<Destination> {
    const values = [userId, country, storeCountry];
    const row = await this.first<DestinationRow>(DESTINATION, values);
    if (row === undefined) throw new Error('The statement of a destination always answers a row.');
    const { charges, ...place } = row;
    return { ...place, ...charges };
  }
}

function written(row: ShippingMethodRow): unknown[] {
  const { name, active, kind, price, brackets, free_above, countries, sort_order, tax_category } = row;
  const steps = brackets === null ? null : JSON.stringify(brackets);
  return [name, active, kind, price, steps, free_above, countries, sort_order, tax_category];
}
