import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { minorDigits } from '../../../common/money.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { STANDARD } from '../../taxes/taxes.events.js';
import type { Pricing } from '../prices/sale-price.js';
import type { ProductRow } from '../product-row.js';
import { CategoryNotFound } from '../products.errors.js';
import { ANY, HOLD, IDS, INSERT, INSERT_FREE, TAKEN_SLUGS, UPDATE } from './catalogue-import.statements.js';
import type { FiledProduct } from './filed-product.js';
import { Contested } from './import.errors.js';

const CATEGORY_GONE = { products_category_fkey: () => new CategoryNotFound() };
const contested = (): Contested => new Contested();
const INSERT_FAILURES = {
  ...CATEGORY_GONE,
  products_sku_unique: contested,
  products_slug_unique: contested,
  products_variant_unique: contested,
};

const NOTE = 'catalogue import';

/** A product that a row of the file names. */
export interface HeldProduct extends FiledProduct {
  readonly archived_at: Date | null;
}

/** What a row writes into a product. */
interface Content extends Pricing {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly categoryId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly active: boolean;
  readonly lowStockThreshold: number | null;
  readonly weight: number | null;
  readonly taxCategory: string;
  readonly groupId: string | null;
  readonly options: Readonly<Record<string, string>>;
}

export interface InsertedProduct extends Content {
  readonly sku: string;
  readonly slug: string;
  readonly stock: number;
}

export interface UpdatedProduct extends Content {
  readonly delta: number;
}

/** What all rows of a batch have in common. */
export interface BatchStamp {
  readonly currency: string;
  readonly actorId: string | null;
  readonly now: Date;
}

/** How products are inserted. */
export interface InsertManner {
  /** Which events are inserted as published, since nobody waits for them. */
  readonly unawaited: { readonly created: boolean; readonly stockChanged: boolean };
  /** Leave out what is taken, instead of failing. */
  readonly onlyFree: boolean;
}

function columns<T>(rows: readonly T[], ...values: readonly ((row: T) => unknown)[]): unknown[][] {
  return values.map((value) => rows.map(value));
}

const hasExtra = (product: InsertedProduct): boolean =>
  product.salePrice !== null ||
  product.groupId !== null ||
  product.lowStockThreshold !== null ||
  product.weight !== null ||
  product.taxCategory !== STANDARD;

/** Writes a batch of imported rows: one statement for all that are new, one for all that change. */
@Injectable()
export class CatalogueImportRepository extends BaseRepository {
  /** Locks the products that have these SKUs, archived ones too, in the order that everybody locks them in. */
  hold(skus: readonly string[]): Promise<HeldProduct[]> {
    return this.rows<HeldProduct>(HOLD, [skus]);
  }

  /** Ids of the products that have these SKUs, archived ones too, without locks. */
  async idsOf(skus: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.rows<{ id: string; sku: string }>(IDS, [skus]);
    return new Map(rows.map(({ id, sku }) => [sku, id]));
  }

  /** Whether there is no product, not even an archived one. */
  async isEmpty(): Promise<boolean> {
    return (await this.first(ANY)) === undefined;
  }

  async takenSlugs(slugs: readonly string[]): Promise<Set<string>> {
    const rows = await this.rows<{ slug: string }>(TAKEN_SLUGS, [slugs]);
    return new Set(rows.map(({ slug }) => slug));
  }

  /**
   * Inserts products with the receipts of their stock and the events that tell of them.
   * @returns the ids of those whose SKU and slug were free
   * @throws {CategoryNotFound} where a category was deleted meanwhile
   * @throws {Contested} where a SKU or a slug is taken, unless only those that are free are asked for
   */
  async insert(
    products: readonly InsertedProduct[],
    { currency, actorId, now }: BatchStamp,
    { unawaited, onlyFree }: InsertManner,
  ): Promise<Set<string>> {
    const given = columns(
      products,
      ({ id }) => id,
      ({ sku }) => sku,
      ({ slug }) => slug,
      ({ name }) => name,
      ({ description }) => description,
      ({ price }) => price,
      ({ stock }) => stock,
      ({ categoryId }) => categoryId,
      ({ attributes }) => JSON.stringify(attributes),
      ({ images }) => JSON.stringify(images),
      ({ active }) => active,
      () => newId(),
      () => newId(),
      () => newId(),
    );
    const extra = columns(products.filter(hasExtra), ({ id }) => id, ...EXTRA);
    const published = [unawaited.created ? now : null, unawaited.stockChanged ? now : null];
    const values = [...given, ...extra, currency, now, NOTE, actorId, `1e-${minorDigits(currency)}`, ...published];
    const insert = onlyFree ? INSERT_FREE : INSERT;
    const rows = await this.mapping(INSERT_FAILURES, () => this.rows<{ id: string }>(insert, values));
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Changes products that are held, and moves their stock by `delta`.
   * @throws {CategoryNotFound} where a category was deleted meanwhile
   */
  update(products: readonly UpdatedProduct[], { currency, actorId, now }: BatchStamp): Promise<ProductRow[]> {
    const values = columns(
      products,
      ({ id }) => id,
      ({ name }) => name,
      ({ description }) => description,
      ({ price }) => price,
      ({ categoryId }) => categoryId,
      ({ attributes }) => JSON.stringify(attributes),
      ({ images }) => JSON.stringify(images),
      ({ active }) => active,
      () => newId(),
      ({ delta }) => delta,
      ...EXTRA,
    );
    const all = [...values, currency, now, NOTE, actorId];
    return this.mapping(CATEGORY_GONE, () => this.rows<ProductRow>(UPDATE, all));
  }
}

const EXTRA: readonly ((product: Content) => unknown)[] = [
  ({ regularPrice }) => regularPrice,
  ({ salePrice }) => salePrice,
  ({ saleFrom }) => saleFrom,
  ({ saleTo }) => saleTo,
  ({ nextPriceChangeAt }) => nextPriceChangeAt,
  ({ lowStockThreshold }) => lowStockThreshold,
  ({ groupId }) => groupId,
  ({ options }) => JSON.stringify(options),
  ({ weight }) => weight,
  ({ taxCategory }) => taxCategory,
];
