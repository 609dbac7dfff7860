import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { currentOrigin } from '../../../platform/security/request-context.js';
import { type ProductChange, ProductJournal } from '../product-journal.service.js';
import type { ProductRow } from '../product-row.js';
import { PRODUCT_CREATED, PRODUCT_UPDATED } from '../products.events.js';
import { CatalogueImportRepository, type HeldProduct, type InsertedProduct } from './catalogue-import.repository.js';
import { CategoryFinder, type CategoryIds, type FoundCategories } from './category-finder.service.js';
import { keyOf } from './category-path.js';
import { type PlacedRow, type PlannedUpdate, planInsert, planUpdate, type ReadyRow } from './import-plan.js';
import type { RowProblem } from './import-row.js';

/** What became of the rows of a batch. */
export interface BatchResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedAt[];
  readonly categories: FoundCategories;
}

interface RefusedAt {
  readonly line: number;
  readonly problem: RowProblem;
}

const problemOf = (column: 'sku' | 'slug', code: RowProblem['code'], reason: string): RowProblem => ({
  column,
  code,
  reason,
});
const ARCHIVED = problemOf('sku', 'archived_sku', 'belongs to an archived product');
const SLUG_TAKEN = problemOf('slug', 'slug_taken', 'belongs to another product');
const SLUG_FIXED = problemOf('slug', 'slug_fixed', 'is another than the product has; a slug never changes');

const NOT_ABOVE_SALE_PRICE: RowProblem = {
  column: 'price',
  code: 'invalid',
  reason: 'is not above the sale price of the product',
};

/** Rounds of inserting: another writer may take a SKU or a slug in between, and then its row is looked at again. */
const ROUNDS = 5;

/** Writes a batch of rows, inside the transaction of its caller. */
@Injectable()
export class ImportBatchService {
  constructor(
    private readonly products: CatalogueImportRepository,
    private readonly categories: CategoryFinder,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @param known ids of categories from earlier batches
   * @throws {CategoryNotFound} where a category was deleted meanwhile; the batch may be tried again without them
   */
  async write(rows: readonly ReadyRow[], known: CategoryIds): Promise<BatchResult> {
    const categories = await this.categories.find(
      rows.flatMap(({ category }) => (category === undefined ? [] : [category])),
      known,
    );
    const idOf = (key: string): string | undefined => categories.ids.get(key) ?? known.get(key);
    const placed = rows.map((row) => ({ ...row, categoryId: row.category && idOf(keyOf(row.category)) }));
    const held = await this.held(placed);
    const { updates, refused } = this.sortOut(placed, held);
    const updated = await this.update(updates, held);
    const fresh = placed.filter(({ sku }) => !held.has(sku));
    const created = await this.insert(fresh, refused);
    await this.journal.record([...updated, ...created]);
    const unchanged = rows.length - created.length - updated.length - refused.length;
    return { created: created.length, updated: updated.length, unchanged, refused, categories };
  }

  /** Whether there has never been a product. */
  isEmpty(): Promise<boolean> {
    return this.products.isEmpty();
  }

  private async held(rows: readonly PlacedRow[]): Promise<Map<string, HeldProduct>> {
    const products = await this.products.hold(rows.map(({ sku }) => sku));
    return new Map(products.map((product) => [product.sku, product]));
  }

  private sortOut(rows: readonly PlacedRow[], held: ReadonlyMap<string, HeldProduct>) {
    const updates: PlannedUpdate[] = [];
    const refused: RefusedAt[] = [];
    for (const row of rows) {
      const product = held.get(row.sku);
      if (product === undefined) continue;
      const problem = refusalOf(row, product);
      if (problem !== undefined) refused.push({ line: row.line, problem });
      else {
        const update = planUpdate(row, product, this.config.STORE_CURRENCY);
        if (update !== undefined) updates.push(update);
      }
    }
    return { updates, refused };
  }

  private async update(
    updates: readonly PlannedUpdate[],
    held: ReadonlyMap<string, HeldProduct>,
  ): Promise<ProductChange[]> {
    if (updates.length === 0) return [];
    const planned = new Map(updates.map((update) => [update.product.id, update]));
    const products = updates.map(({ product }) => product);
    const rows = await this.products.update(
      products,
      this.config.STORE_CURRENCY,
      currentOrigin().actorId,
      this.clock.now(),
    );
    return rows.map((row) => {
      const update = planned.get(row.id);
      const moved = { row, delta: update?.product.delta ?? 0, reason: 'adjustment' } as const;
      const before = { ...row, ...held.get(row.sku) };
      return update?.contentChanged ? { ...moved, type: PRODUCT_UPDATED, before } : moved;
    });
  }

  /** @param refused takes up the rows whose slug is taken */
  private async insert(rows: readonly PlacedRow[], refused: RefusedAt[]): Promise<ProductChange[]> {
    const changes: ProductChange[] = [];
    let rest = rows;
    for (let round = 0; rest.length > 0; round += 1) {
      if (round === ROUNDS) throw new Error(`Products could not be inserted in ${ROUNDS} rounds.`);
      const { inserted, unfit } = await this.insertOnce(rest);
      for (const row of inserted) {
        changes.push({ type: PRODUCT_CREATED, row, delta: row.stock, reason: 'receipt' });
      }
      for (const { line } of unfit) refused.push({ line, problem: SLUG_TAKEN });
      const done = new Set([...inserted, ...unfit].map(({ sku }) => sku));
      rest = rest.filter(({ sku }) => !done.has(sku));
      // Whoever was faster with a SKU has made the product; the next import brings it up to date.
      const taken = rest.length === 0 ? new Map() : await this.held(rest);
      rest = rest.filter(({ sku }) => !taken.has(sku));
    }
    return changes;
  }

  private async insertOnce(rows: readonly PlacedRow[]) {
    const plans = rows.map(planInsert);
    const taken = await this.products.takenSlugs(plans.flatMap(({ slugs }) => slugs));
    const products: InsertedProduct[] = [];
    const unfit: PlacedRow[] = [];
    for (const [index, { product, slugs }] of plans.entries()) {
      const row = rows[index];
      const free = slugs.find((candidate) => !taken.has(candidate));
      if (free === undefined && row?.slug !== undefined) unfit.push(row);
      else {
        const slug = free ?? product.slug;
        taken.add(slug);
        products.push({ ...product, slug });
      }
    }
    const { STORE_CURRENCY: currency } = this.config;
    const now = this.clock.now();
    const made = await this.products.insert(products, currency, currentOrigin().actorId, now);
    const inserted = products.filter(({ id }) => made.has(id)).map((product) => rowOf(product, currency, now));
    return { inserted, unfit };
  }
}

/** Why a row cannot change the product of its SKU. */
function refusalOf(row: PlacedRow, product: HeldProduct): RowProblem | undefined {
  if (product.archived_at !== null) return ARCHIVED;
  if (row.slug !== undefined && row.slug !== product.slug) return SLUG_FIXED;
  return product.sale_price !== null && row.price <= product.sale_price ? NOT_ABOVE_SALE_PRICE : undefined;
}

/** What a file says nothing of. */
const UNSAID = {
  low_stock_threshold: null,
  regular_price: null,
  sale_price: null,
  sale_from: null,
  sale_to: null,
  next_price_change_at: null,
  group_id: null,
  option_names: null,
  options: {},
} as const;

/** A product as it was inserted; of its category nothing but the id is told. */
function rowOf({ categoryId, ...product }: InsertedProduct, currency: string, now: Date): ProductRow {
  const category = { category_id: categoryId, category_slug: null, category_name: null };
  return { ...product, ...category, ...UNSAID, currency, version: 1, created_at: now, updated_at: now };
}
