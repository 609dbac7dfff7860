import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { newId } from '../../../common/ids.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { currentOrigin } from '../../../platform/security/request-context.js';
import { type ProductChange, ProductJournal } from '../product-journal.service.js';
import { PRODUCT_UPDATED } from '../products.events.js';
import { BatchReferences } from './batch-references.service.js';
import { type BatchStamp, CatalogueImportRepository, type HeldProduct } from './catalogue-import.repository.js';
import type { CategoryIds, FoundCategories } from './category-finder.service.js';
import type { GroupPlaces } from './group-places.js';
import { type NewRow, type PlacedRow, type PlannedUpdate, planUpdate, priceProblemOf } from './import-plan.js';
import type { ReadyRow, RowProblem } from './import-row.js';
import { ProductInserts, type RefusedAt } from './product-inserts.service.js';

/** Drawn in the order of the file, so that its products are listed and exported in that order. */
export interface BatchMark {
  readonly now: Date;
  /** One for the product of each row, should it be new. */
  readonly ids: readonly string[];
}

/** What a batch goes by of those before it. */
export interface Earlier {
  /** Ids of their categories. */
  readonly categories: CategoryIds;
  /** Whether others make products at the same time. */
  readonly contested: boolean;
}

/** What became of the rows of a batch. */
export interface BatchResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedAt[];
  readonly categories: FoundCategories;
}

const problemOf = (column: 'sku' | 'slug', code: RowProblem['code'], reason: string): RowProblem => ({
  column,
  code,
  reason,
});
const ARCHIVED = problemOf('sku', 'archived_sku', 'belongs to an archived product');
const SLUG_FIXED = problemOf('slug', 'slug_fixed', 'is another than the product has; a slug never changes');

type Held = ReadonlyMap<string, HeldProduct>;

/** Writes a batch of rows, inside the transaction of its caller. */
@Injectable()
export class ImportBatchService {
  constructor(
    private readonly products: CatalogueImportRepository,
    private readonly inserts: ProductInserts,
    private readonly references: BatchReferences,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  mark(rows: readonly ReadyRow[]): BatchMark {
    return { now: this.clock.now(), ids: rows.map(() => newId()) };
  }

  /**
   * @throws {CategoryNotFound} where a category was deleted meanwhile; the batch may be tried again without any
   * @throws {Contested} where others have made products meanwhile, which it has not reckoned with
   */
  async write(rows: readonly ReadyRow[], { now, ids }: BatchMark, earlier: Earlier): Promise<BatchResult> {
    const { categories, idOf } = await this.references.categories(rows, earlier.categories);
    const places = await this.references.groups(rows);
    const held = await this.held(rows);
    const stamp = this.stamp(now);
    const refused: RefusedAt[] = [];
    const { fresh, updates } = this.sortOut(rows, { ids, idOf, held, places, refused, now });
    await this.references.nameOptions(places);
    const updated = await this.update(updates, held, stamp);
    const created = await this.inserts.insert(fresh, stamp, refused, earlier.contested);
    await this.journal.record(updated);
    this.journal.inserted(created.map((id) => ({ id, version: 1 })));
    const unchanged = rows.length - created.length - updated.length - refused.length;
    return { created: created.length, updated: updated.length, unchanged, refused, categories };
  }

  /**
   * Whether rows name nothing that another batch may be about to make or to fill: no groups, and no categories but those
   * that are known.
   */
  isSelfContained(rows: readonly ReadyRow[], known: CategoryIds): boolean {
    return this.references.areKnown(rows, known);
  }

  /** Whether there has never been a product. */
  isEmpty(): Promise<boolean> {
    return this.products.isEmpty();
  }

  private async held(rows: readonly ReadyRow[]): Promise<Held> {
    const products = await this.products.hold(rows.map(({ sku }) => sku));
    return new Map(products.map((product) => [product.sku, product]));
  }

  private stamp(now: Date): BatchStamp {
    const { STORE_CURRENCY: currency } = this.config;
    return { currency, actorId: currentOrigin().actorId, now };
  }

  private sortOut(rows: readonly ReadyRow[], batch: Sorting) {
    const fresh: NewRow[] = [];
    const updates: PlannedUpdate[] = [];
    for (const [index, row] of rows.entries()) {
      const product = batch.held.get(row.sku);
      const sorted = place(row, product, batch);
      if ('problem' in sorted) batch.refused.push({ line: row.line, problem: sorted.problem });
      else if (product === undefined) fresh.push({ ...sorted, id: batch.ids[index] ?? newId() });
      else {
        const update = planUpdate(sorted, product, this.config.STORE_CURRENCY, batch.now);
        if (update !== undefined) updates.push(update);
      }
    }
    return { fresh, updates };
  }

  private async update(updates: readonly PlannedUpdate[], held: Held, stamp: BatchStamp): Promise<ProductChange[]> {
    if (updates.length === 0) return [];
    const planned = new Map(updates.map((update) => [update.product.id, update]));
    const products = updates.map(({ product }) => product);
    const rows = await this.products.update(products, stamp);
    return rows.map((row) => {
      const update = planned.get(row.id);
      const moved = { row, delta: update?.product.delta ?? 0, reason: 'adjustment' } as const;
      const before = { ...row, ...held.get(row.sku) };
      return update?.contentChanged ? { ...moved, type: PRODUCT_UPDATED, before } : moved;
    });
  }
}

interface Sorting {
  readonly ids: BatchMark['ids'];
  readonly idOf: (row: ReadyRow) => string | undefined;
  readonly held: Held;
  readonly places: GroupPlaces;
  readonly refused: RefusedAt[];
  readonly now: Date;
}

function place(
  row: ReadyRow,
  product: HeldProduct | undefined,
  { idOf, places }: Sorting,
): PlacedRow | { readonly problem: RowProblem } {
  const problem = product === undefined ? undefined : refusalOf(row, product);
  if (problem !== undefined) return { problem };
  const membership = places.take(row, product);
  if (membership !== undefined && 'reason' in membership) return { problem: membership };
  return { row, categoryId: idOf(row), membership };
}

/** Why a row cannot change the product of its SKU. */
function refusalOf(row: ReadyRow, product: HeldProduct): RowProblem | undefined {
  if (product.archived_at !== null) return ARCHIVED;
  if (row.slug !== undefined && row.slug !== product.slug) return SLUG_FIXED;
  return priceProblemOf(row, product);
}
