import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { CategoryRow } from '../category-tree.js';
import { FILED_COLUMNS, type FiledProduct } from '../import/filed-product.js';

const READ_ONLY = statement('export.readOnly', 'SET TRANSACTION READ ONLY');
const TIMEOUTS = statement(
  'export.timeouts',
  `SELECT set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true)`,
);
const CATEGORIES = statement('export.categories', 'SELECT id, slug, name, parent_id FROM categories');
const PRODUCTS = statement(
  'export.products',
  `SELECT ${FILED_COLUMNS}, (SELECT g.name FROM product_groups g WHERE g.id = group_id) AS group_name FROM products
   WHERE archived_at IS NULL AND id > $1 ORDER BY id LIMIT $2`,
);

/** A product as an export writes it. */
export interface ExportedProduct extends FiledProduct {
  readonly group_name: string | null;
}

/** Reads the whole catalogue, as it is at one moment. */
@Injectable()
export class CatalogueExportRepository extends BaseRepository {
  /** The first thing in its transaction: nothing is written in it, and it may wait for its client. */
  async begin(patienceMs: number): Promise<void> {
    await this.affect(READ_ONLY);
    await this.affect(TIMEOUTS, [`${patienceMs}ms`]);
  }

  categories(): Promise<CategoryRow[]> {
    return this.rows<CategoryRow>(CATEGORIES);
  }

  /** Products in the order of their ids, which is that of their making; archived ones are left out. */
  products(afterId: string, limit: number): Promise<ExportedProduct[]> {
    return this.rows<ExportedProduct>(PRODUCTS, [afterId, limit]);
  }
}
