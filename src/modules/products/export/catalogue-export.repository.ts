import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { CategoryRow } from '../category-tree.js';

const READ_ONLY = statement('export.readOnly', 'SET TRANSACTION READ ONLY');
const TIMEOUTS = statement(
  'export.timeouts',
  `SELECT set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true)`,
);
const CATEGORIES = statement('export.categories', 'SELECT id, slug, name, parent_id FROM categories');
const PRODUCTS = statement(
  'export.products',
  `SELECT id, sku, slug, name, description, price, currency, stock, category_id, attributes, images, active
   FROM products WHERE archived_at IS NULL AND id > $1 ORDER BY id LIMIT $2`,
);

/** A product as an export writes it. */
export interface ExportedProduct {
  readonly id: string;
  readonly sku: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly price: bigint;
  readonly currency: string;
  readonly stock: number;
  readonly category_id: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly active: boolean;
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
