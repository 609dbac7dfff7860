import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { SaleLine } from '../reading/sale-line.js';

interface WaitingRow {
  readonly line: number;
  readonly number: string;
  readonly cancelled: boolean;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unit_price: bigint;
  readonly placed_at: Date;
  readonly customer: string | null;
  readonly country: string;
}

const COLUMNS = 'line, number, cancelled, sku, name, quantity, unit_price, placed_at, customer, country';
const OF_L = COLUMNS.split(', ')
  .map((column) => `l.${column}`)
  .join(', ');

const ADD = statement(
  'waiting-lines.add',
  `INSERT INTO sale_import_lines (import_id, ${COLUMNS})
   SELECT $1::uuid, g.* FROM unnest($2::int[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::int[], $8::bigint[],
     $9::timestamptz[], $10::text[], $11::text[]) AS g`,
);
const MARK_TOO_MANY = statement(
  'waiting-lines.markTooMany',
  `UPDATE sale_import_lines SET too_many = true
   WHERE import_id = $1 AND number IN (
     SELECT number FROM sale_import_lines WHERE import_id = $1 GROUP BY number HAVING count(*) > $2::int)`,
);
const TAKE_TOO_MANY = statement(
  'waiting-lines.takeTooMany',
  `DELETE FROM sale_import_lines l WHERE l.import_id = $1 AND l.line IN (
     SELECT line FROM sale_import_lines WHERE import_id = $1 AND too_many ORDER BY line LIMIT $2::int)
   RETURNING ${OF_L}`,
);
/** Whole sales, in the order of their first rows, until there are rows enough. */
const TAKE = statement(
  'waiting-lines.take',
  `WITH head AS (
     SELECT number, min(line) AS first
     FROM (SELECT number, line FROM sale_import_lines WHERE import_id = $1 AND line > $2::int ORDER BY line LIMIT $3::int) h
     GROUP BY number),
   sized AS (
     SELECT h.number, h.first,
       (SELECT count(*) FROM sale_import_lines l WHERE l.import_id = $1 AND l.number = h.number) AS rows
     FROM head h),
   summed AS (SELECT number, rows, sum(rows) OVER (ORDER BY first) AS upto FROM sized)
   DELETE FROM sale_import_lines l USING summed s
   WHERE s.upto - s.rows < $3::int AND l.import_id = $1 AND l.number = s.number
   RETURNING ${OF_L}`,
);
/** Whatever is left of imports that were cancelled or given up. */
const SWEEP = statement(
  'waiting-lines.sweep',
  `DELETE FROM sale_import_lines WHERE ctid = ANY (ARRAY(
     SELECT l.ctid FROM sale_import_lines l
     WHERE NOT EXISTS (SELECT FROM sale_import_files f WHERE f.import_id = l.import_id)
       AND NOT EXISTS (
         SELECT FROM catalogue_imports i WHERE i.id = l.import_id AND i.status IN ('queued', 'running'))
     LIMIT 10000))`,
);

/** Rows of files that wait until their sales are known whole. */
@Injectable()
export class WaitingLinesRepository extends BaseRepository {
  async add(importId: string, lines: readonly SaleLine[]): Promise<void> {
    const column = <K extends keyof SaleLine>(key: K): SaleLine[K][] => lines.map((line) => line[key]);
    await this.affect(ADD, [
      importId,
      column('line'),
      column('number'),
      column('cancelled'),
      column('sku'),
      column('name'),
      column('quantity'),
      column('unitPrice'),
      column('placedAt'),
      lines.map(({ customer }) => customer ?? null),
      column('country'),
    ]);
  }

  /** Marks the rows of sales that have more than `most`. */
  async markTooMany(importId: string, most: number): Promise<void> {
    await this.affect(MARK_TOO_MANY, [importId, most]);
  }

  /** Takes up to `limit` rows that are marked so. */
  async takeTooMany(importId: string, limit: number): Promise<SaleLine[]> {
    return this.linesOf(await this.rows<WaitingRow & Record<string, unknown>>(TAKE_TOO_MANY, [importId, limit]));
  }

  /**
   * Takes whole sales whose first rows are behind a line, the first first: about `limit` rows, more only where the last
   * sale of them has.
   */
  async take(importId: string, after: number, limit: number): Promise<SaleLine[]> {
    return this.linesOf(await this.rows<WaitingRow & Record<string, unknown>>(TAKE, [importId, after, limit]));
  }

  /** Deletes some of the rows that nobody will take any more; tells how many. */
  sweep(): Promise<number> {
    return this.affect(SWEEP);
  }

  private linesOf(rows: readonly WaitingRow[]): SaleLine[] {
    const lines = rows.map(({ unit_price: unitPrice, placed_at: placedAt, customer, ...line }) => ({
      ...line,
      unitPrice,
      placedAt,
      customer: customer ?? undefined,
    }));
    return lines.sort((a, b) => a.line - b.line);
  }
}
