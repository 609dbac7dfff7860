import { Injectable } from '@nestjs/common';
import { Outbox } from '../../../platform/outbox/outbox.js';
import { PRODUCT_CREATED, STOCK_CHANGED } from '../products.events.js';
import { slugCandidates } from '../slug.js';
import { type BatchStamp, CatalogueImportRepository, type InsertedProduct } from './catalogue-import.repository.js';
import { type NewRow, planInsert } from './import-plan.js';
import type { RowProblem } from './import-row.js';

/** A line that was refused when it was to be written. */
export interface RefusedAt {
  readonly line: number;
  readonly problem: RowProblem;
}

const SLUG_TAKEN: RowProblem = { column: 'slug', code: 'slug_taken', reason: 'belongs to another product' };

/** Rounds of inserting: another writer may take a SKU or a slug in between, and then its row is looked at again. */
const ROUNDS = 5;

/** Makes the products of rows whose SKU nobody has, inside the transaction of their batch. */
@Injectable()
export class ProductInserts {
  constructor(
    private readonly products: CatalogueImportRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @param refused takes up the rows whose slug is taken
   * @param onlyFree make do with what others leave, who make products at the same time
   * @returns the ids of the products that were made
   * @throws {Contested} where others have been faster, unless `onlyFree`
   */
  async insert(rows: readonly NewRow[], stamp: BatchStamp, refused: RefusedAt[], onlyFree: boolean): Promise<string[]> {
    const created: string[] = [];
    let rest = rows;
    for (let round = 0; rest.length > 0; round += 1) {
      if (round === ROUNDS) throw new Error(`Products could not be inserted in ${ROUNDS} rounds.`);
      const { made, unfit, left } = await this.insertOnce(rest, stamp, onlyFree);
      created.push(...made);
      for (const { row } of unfit) refused.push({ line: row.line, problem: SLUG_TAKEN });
      // Whoever was faster with a SKU has made the product; the next import brings it up to date.
      const taken = left.length === 0 ? [] : await this.products.hold(left.map(({ row }) => row.sku));
      const skus = new Set(taken.map(({ sku }) => sku));
      rest = left.filter(({ row }) => !skus.has(row.sku));
    }
    return created;
  }

  private async insertOnce(rows: readonly NewRow[], stamp: BatchStamp, onlyFree: boolean) {
    const slugs = await this.slugsFor(rows);
    const products: InsertedProduct[] = [];
    for (const placed of rows) {
      const slug = slugs.get(placed.id);
      if (slug !== undefined) products.push(planInsert(placed, slug, stamp.now));
    }
    const unawaited = {
      created: this.outbox.passesOver(PRODUCT_CREATED),
      stockChanged: this.outbox.passesOver(STOCK_CHANGED),
    };
    const inserted = await this.products.insert(products, stamp, { unawaited, onlyFree });
    const out = rows.filter(({ id }) => !inserted.has(id));
    return {
      made: [...inserted],
      unfit: out.filter(({ id }) => !slugs.has(id)),
      left: out.filter(({ id }) => slugs.has(id)),
    };
  }

  /** A slug that is free for each product, by their ids; none for rows that give one which is not. */
  private async slugsFor(products: readonly NewRow[]): Promise<Map<string, string>> {
    const slugs = new Map<string, string>();
    const used = new Set<string>();
    const choose = (candidates: readonly Candidates[], taken: ReadonlySet<string>): void => {
      for (const { id, names } of candidates) {
        const free = names.find((name) => !taken.has(name) && !used.has(name));
        if (free === undefined) continue;
        used.add(free);
        slugs.set(id, free);
      }
    };
    // Nearly always the first is free: to look for all of them would cost three times as much.
    const first = products.map((product) => ({ id: product.id, names: firstOf(candidatesOf(product)) }));
    choose(first, await this.products.takenSlugs(first.flatMap(({ names }) => names)));
    const others = products
      .filter(({ row, id }) => row.slug === undefined && !slugs.has(id))
      .map((product) => ({ id: product.id, names: [...candidatesOf(product)] }));
    if (others.length > 0) choose(others, await this.products.takenSlugs(others.flatMap(({ names }) => names)));
    return slugs;
  }
}

interface Candidates {
  readonly id: string;
  readonly names: readonly string[];
}

function candidatesOf({ row, id }: NewRow): Iterable<string> {
  return row.slug === undefined ? slugCandidates(row.name, row.sku, id) : [row.slug];
}

function firstOf(texts: Iterable<string>): string[] {
  for (const text of texts) return [text];
  return [];
}
