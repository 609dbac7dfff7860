import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import { FROM_PRODUCTS, PRODUCT_COLUMNS, type ProductRow } from './product-row.js';

const BY_ID = statement(
  'adminProducts.byId',
  `SELECT ${PRODUCT_COLUMNS}, p.archived_at ${FROM_PRODUCTS} WHERE p.id = $1`,
);

/** SQL of a status, by its name. */
const STATUS = {
  active: 'p.active AND p.archived_at IS NULL',
  inactive: 'NOT p.active AND p.archived_at IS NULL',
  archived: 'p.archived_at IS NOT NULL',
} as const;

export interface AdminProductFilter {
  readonly status?: keyof typeof STATUS | undefined;
  readonly q?: string | undefined;
}

/** A product, archived or not. */
export interface AdminProductRow extends ProductRow {
  readonly archived_at: Date | null;
}

/** Reads of all products, whether the public sees them or not. */
@Injectable()
export class AdminProductsRepository extends BaseRepository {
  findById(id: string): Promise<AdminProductRow | undefined> {
    return this.first<AdminProductRow>(BY_ID, [id]);
  }

  /** Products newest first, `limit` of them older than `beforeId`, or after skipping `offset`. */
  list(
    filter: AdminProductFilter,
    limit: number,
    offset: number,
    beforeId: string | undefined,
  ): Promise<AdminProductRow[]> {
    const { where, values } = conditions(filter);
    if (beforeId !== undefined) where.push(`p.id < $${values.push(beforeId)}::uuid`);
    const window = `LIMIT $${values.push(limit)}::int OFFSET $${values.push(offset)}::int`;
    const text = `SELECT ${PRODUCT_COLUMNS}, p.archived_at ${FROM_PRODUCTS} WHERE ${where.join(' AND ')} ORDER BY p.id DESC ${window}`;
    return this.rowsOf<AdminProductRow>(text, values);
  }

  async count(filter: AdminProductFilter): Promise<number> {
    const { where, values } = conditions(filter);
    const text = `SELECT count(*)::int AS total FROM products p WHERE ${where.join(' AND ')}`;
    return (await this.rowsOf<{ total: number }>(text, values))[0]?.total ?? 0;
  }
}

function conditions({ status, q }: AdminProductFilter): { where: string[]; values: unknown[] } {
  const where = ['true'];
  const values: unknown[] = [];
  if (status !== undefined) where.push(STATUS[status]);
  if (q !== undefined && q !== '') {
    const literal = literalPattern(q);
    const [start, part] = [values.push(`${literal}%`), values.push(`%${literal}%`)];
    where.push(`(p.sku ILIKE $${start}::text OR p.name ILIKE $${part}::text)`);
  }
  return { where, values };
}

/** A text as a LIKE pattern that matches it literally. */
function literalPattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
