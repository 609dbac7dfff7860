import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { TaxRateRow } from './tax-rate-row.js';
import { regionKey } from './tax-table.js';
import { TaxRateTaken } from './taxes.errors.js';

const COLUMNS = 'id, country, region, category, rate, name, version, created_at, updated_at';

const LIST = statement('taxes.list', `SELECT ${COLUMNS} FROM tax_rates ORDER BY id DESC LIMIT $1 OFFSET $2`);
const LIST_AFTER = statement(
  'taxes.listAfter',
  `SELECT ${COLUMNS} FROM tax_rates WHERE id < $2::uuid ORDER BY id DESC LIMIT $1`,
);
const COUNT = statement('taxes.count', 'SELECT count(*)::int AS total FROM tax_rates');
const FIND = statement('taxes.find', `SELECT ${COLUMNS} FROM tax_rates WHERE id = $1`);
const HOLD = statement('taxes.hold', `${FIND.text} FOR NO KEY UPDATE`);
const INSERT = statement(
  'taxes.insert',
  `INSERT INTO tax_rates (id, country, region, region_key, category, rate, name, version, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)`,
);
const UPDATE = statement(
  'taxes.update',
  `UPDATE tax_rates SET country = $2, region = $3, region_key = $4, category = $5, rate = $6, name = $7,
     version = version + 1, updated_at = $8 WHERE id = $1`,
);
const DELETE = statement('taxes.delete', 'DELETE FROM tax_rates WHERE id = $1');

/** Rates of tax. */
@Injectable()
export class TaxRatesRepository extends BaseRepository {
  /** Newest first. */
  list(limit: number, offset: number): Promise<TaxRateRow[]> {
    return this.rows<TaxRateRow>(LIST, [limit, offset]);
  }

  listAfter(limit: number, id: string): Promise<TaxRateRow[]> {
    return this.rows<TaxRateRow>(LIST_AFTER, [limit, id]);
  }

  async count(): Promise<number> {
    return (await this.first<{ total: number }>(COUNT))?.total ?? 0;
  }

  find(id: string): Promise<TaxRateRow | undefined> {
    return this.first<TaxRateRow>(FIND, [id]);
  }

  /** A rate that nobody else changes until the transaction ends. */
  hold(id: string): Promise<TaxRateRow | undefined> {
    return this.first<TaxRateRow>(HOLD, [id]);
  }

  /** @throws {TaxRateTaken} */
  async insert(row: TaxRateRow): Promise<void> {
    await this.writing(() => this.affect(INSERT, [...written(row), row.created_at]));
  }

  /** @throws {TaxRateTaken} */
  async update(row: TaxRateRow): Promise<void> {
    await this.writing(() => this.affect(UPDATE, [...written(row), row.updated_at]));
  }

  async delete(id: string): Promise<void> {
    await this.affect(DELETE, [id]);
  }

  private async writing(write: () => Promise<unknown>): Promise<void> {
    await this.mapping({ tax_rates_place_unique: () => new TaxRateTaken() }, write);
  }
}

function written({ id, country, region, category, rate, name }: TaxRateRow): unknown[] {
  return [id, country, region, regionKey(region), category, rate, name];
}
