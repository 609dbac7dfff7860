import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { type Statement, statement } from '../../platform/database/statement.js';
import type { SortKey } from './catalogue-sorts.js';
import {
  type CatalogueFilter,
  type CatalogueWindow,
  categoryFacetQuery,
  listQuery,
  pageOfIdsQuery,
  type Query,
  summaryQuery,
  VISIBLE,
} from './catalogue-statements.js';
import type { CategoryFacet } from './dto/product.dto.js';
import { PRODUCT_COLUMNS, type ProductRow } from './product-row.js';

const BY_ID = statement(
  'products.visibleById',
  `SELECT ${PRODUCT_COLUMNS} FROM products p LEFT JOIN categories c ON c.id = p.category_id
   WHERE p.id = $1 AND ${VISIBLE}`,
);
const BY_IDS = statement(
  'products.visibleByIds',
  `SELECT ${PRODUCT_COLUMNS} FROM products p LEFT JOIN categories c ON c.id = p.category_id
   WHERE p.id = ANY ($1::uuid[]) AND ${VISIBLE}`,
);
const ID_OF_SLUG = statement('products.idOfSlug', `SELECT p.id FROM products p WHERE p.slug = $1 AND ${VISIBLE}`);
const SELLABLE = statement(
  'products.sellable',
  `SELECT p.id, p.sku, p.name, p.price, p.currency, p.stock FROM products p WHERE p.id = ANY ($1::uuid[]) AND ${VISIBLE}`,
);

/** Texts that are prepared by name; each costs memory on every connection, so there is an end to them. */
const MAX_PREPARED = 100;

/** A product that the public sees, as carts and sales need it. `price` is in minor units of `currency`. */
export interface SellableProduct {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly price: bigint;
  readonly currency: string;
  readonly stock: number;
}

export interface ListedRow extends ProductRow {
  readonly cursor_key: readonly string[];
}

/** A product on a page of a list: which one, as of which version, and where a next page would go on. */
export interface ListedId {
  readonly id: string;
  readonly version: number;
  readonly cursor_key: readonly string[];
}

export interface Summary {
  readonly total: number;
  readonly lowest?: bigint | null;
  readonly highest?: bigint | null;
}

/** Reads of what the public sees. */
@Injectable()
export class CatalogueRepository extends BaseRepository {
  private readonly prepared = new Map<string, Statement>();

  findById(id: string): Promise<ProductRow | undefined> {
    return this.first<ProductRow>(BY_ID, [id]);
  }

  async findIdOfSlug(slug: string): Promise<string | undefined> {
    return (await this.first<{ id: string }>(ID_OF_SLUG, [slug]))?.id;
  }

  /** One page, and one row more where there is a next one. */
  list(filter: CatalogueFilter, sort: SortKey, window: CatalogueWindow): Promise<ListedRow[]> {
    return this.query<ListedRow>(listQuery(filter, sort, window));
  }

  /** Like {@link list}, without reading the products whole. */
  pageOfIds(filter: CatalogueFilter, sort: SortKey, window: CatalogueWindow): Promise<ListedId[]> {
    return this.query<ListedId>(pageOfIdsQuery(filter, sort, window));
  }

  /** Those of the products that the public sees, in no particular order. */
  findByIds(ids: readonly string[]): Promise<ProductRow[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.rows<ProductRow>(BY_IDS, [ids]);
  }

  async summary(filter: CatalogueFilter, withPrices: boolean): Promise<Summary> {
    const [row] = await this.query<Summary>(summaryQuery(filter, withPrices));
    return row ?? { total: 0 };
  }

  categoryFacet(filter: CatalogueFilter): Promise<CategoryFacet[]> {
    return this.query<CategoryFacet>(categoryFacetQuery(filter));
  }

  sellable(ids: readonly string[]): Promise<SellableProduct[]> {
    return this.rows<SellableProduct>(SELLABLE, [ids]);
  }

  /** Runs a text of a shape that was seen early enough by name, so that it is parsed once a connection. */
  private query<R extends object>({ text, values }: Query): Promise<R[]> {
    let known = this.prepared.get(text);
    if (known === undefined && this.prepared.size < MAX_PREPARED) {
      known = statement(`products.${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text);
      this.prepared.set(text, known);
    }
    return known === undefined ? this.rowsOf<R>(text, values) : this.rows<R>(known, values);
  }
}
