import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { newId } from '../../../common/ids.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { CategoriesRepository } from '../categories.repository.js';
import { type ProductChange, ProductJournal } from '../product-journal.service.js';
import { PRODUCT_CREATED, PRODUCT_UPDATED } from '../products.events.js';
import { slugCandidates, slugify } from '../slug.js';
import { CatalogueImportRepository, type HeldProduct } from './catalogue-import.repository.js';
import { type PlannedUpdate, planInsert, planUpdate, type ReadyRow } from './import-plan.js';
import type { RowProblem } from './import-row.js';

/** What became of the rows of a batch. */
export interface BatchResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: readonly { readonly line: number; readonly problem: RowProblem }[];
  /** Slugs of categories that were made. */
  readonly categories: readonly string[];
}

const ARCHIVED: RowProblem = {
  column: 'sku',
  code: 'archived_sku',
  reason: 'belongs to an archived product',
};

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
    private readonly categories: CategoriesRepository,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {CategoryNotFound} where a category was deleted meanwhile; the batch may be tried again */
  async write(rows: readonly ReadyRow[]): Promise<BatchResult> {
    const { ids, made } = await this.categoryIds(rows);
    const ready = rows.map((row) => ({ ...row, categoryId: row.category && ids.get(row.category) }));
    const held = await this.held(ready);
    const { updates, refused } = this.sortOut(ready, held);
    const updated = await this.update(updates, held);
    const created = await this.insert(ready.filter(({ sku }) => !held.has(sku)));
    await this.journal.record([...updated, ...created]);
    const unchanged = rows.length - created.length - updated.length - refused.length;
    return { created: created.length, updated: updated.length, unchanged, refused, categories: made };
  }

  /** Whether there has never been a product. */
  isEmpty(): Promise<boolean> {
    return this.products.isEmpty();
  }

  private async held(rows: readonly ReadyRow[]): Promise<Map<string, HeldProduct>> {
    const products = await this.products.hold(rows.map(({ sku }) => sku));
    return new Map(products.map((product) => [product.sku, product]));
  }

  private sortOut(rows: readonly ReadyRow[], held: ReadonlyMap<string, HeldProduct>) {
    const updates: PlannedUpdate[] = [];
    const refused: { line: number; problem: RowProblem }[] = [];
    for (const row of rows) {
      const product = held.get(row.sku);
      if (product === undefined) continue;
      const problem = problemOf(row, product);
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
    const rows = await this.products.update(products, this.config.STORE_CURRENCY, this.clock.now());
    return rows.map((row) => {
      const update = planned.get(row.id);
      const moved = { row, delta: update?.product.delta ?? 0, reason: 'adjustment' } as const;
      const before = { ...row, ...held.get(row.sku) };
      return update?.contentChanged ? { ...moved, type: PRODUCT_UPDATED, before } : moved;
    });
  }

  private async insert(rows: readonly ReadyRow[]): Promise<ProductChange[]> {
    const changes: ProductChange[] = [];
    let rest = rows;
    for (let round = 0; rest.length > 0; round += 1) {
      if (round === ROUNDS) throw new Error(`Products could not be inserted in ${ROUNDS} rounds.`);
      const inserted = await this.insertOnce(rest);
      for (const row of inserted) {
        changes.push({ type: PRODUCT_CREATED, row, delta: row.stock, reason: 'receipt' });
      }
      const skus = new Set(inserted.map(({ sku }) => sku));
      rest = rest.filter(({ sku }) => !skus.has(sku));
      // Whoever was faster with a SKU has made the product; the next import brings it up to date.
      const taken = rest.length === 0 ? new Map() : await this.held(rest);
      rest = rest.filter(({ sku }) => !taken.has(sku));
    }
    return changes;
  }

  private async insertOnce(rows: readonly ReadyRow[]) {
    const plans = rows.map(planInsert);
    const taken = await this.products.takenSlugs(plans.flatMap(({ slugs }) => slugs));
    const products = plans.map(({ product, slugs }) => {
      const slug = slugs.find((candidate) => !taken.has(candidate)) ?? product.slug;
      taken.add(slug);
      return { ...product, slug };
    });
    return this.products.insert(products, this.config.STORE_CURRENCY, this.clock.now());
  }

  /** Ids of the categories that rows name, by that name; unknown ones are made. */
  private async categoryIds(rows: readonly ReadyRow[]): Promise<{ ids: Map<string, string>; made: string[] }> {
    const references = [...new Set(rows.flatMap(({ category }) => (category === undefined ? [] : [category])))].sort();
    if (references.length === 0) return { ids: new Map(), made: [] };
    const ids = await this.products.categories(references, references.map(slugify));
    const made: string[] = [];
    for (const name of references) {
      // Another spelling of a name may have made it just before.
      if (!ids.has(name)) ids.set(name, (await this.findCategory(name)) ?? (await this.makeCategory(name, made)));
    }
    return { ids, made };
  }

  private async findCategory(name: string): Promise<string | undefined> {
    return (await this.products.categories([name], [slugify(name)])).get(name);
  }

  private async makeCategory(name: string, made: string[]): Promise<string> {
    const id = newId();
    for (const slug of slugCandidates(name, '', id)) {
      const row = await this.categories.insert({ id, slug, name, parent_id: null }, this.clock.now());
      if (row !== undefined) made.push(slug);
      // Where the slug is taken, somebody else may have made the same category meanwhile.
      const known = row?.id ?? (await this.findCategory(name));
      if (known !== undefined) return known;
    }
    throw new Error(`Every slug for the category ${name} is taken.`);
  }
}

/** Why a row cannot change the product of its SKU. */
function problemOf(row: ReadyRow, product: HeldProduct): RowProblem | undefined {
  if (product.archived_at !== null) return ARCHIVED;
  return product.sale_price !== null && row.price <= product.sale_price ? NOT_ABOVE_SALE_PRICE : undefined;
}
