import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { GatheredReads } from '../../platform/database/gathered-reads.js';
import { type Statement, statement } from '../../platform/database/statement.js';
import type { CatalogueFilter, Query, ResolvedFilter } from './catalogue-filter.js';
import { type Abundance, abundanceOf, countBound, MOST_GATHERED, strategyOf } from './catalogue-plan.js';
import type { Abundances } from './catalogue-relevance.js';
import { CatalogueScopes, type Scope } from './catalogue-scopes.repository.js';
import { type Position, readCursor, type SortKey } from './catalogue-sorts.js';
import {
  type CatalogueWindow,
  categoryFacetQuery,
  countQuery,
  keptFacetQuery,
  listQuery,
  type PageRequest,
  pageOfIdsQuery,
  pricesQuery,
  VISIBLE,
} from './catalogue-statements.js';
import type { CategoryFacet } from './dto/product.dto.js';
import { asProductJson, fromProductJson, type JsonRow, PRODUCT_JSON, type ProductJson } from './product-json.js';
import { FROM_PRODUCTS, type ProductRow } from './product-row.js';

/** The subquery hides the length of the list from the planner, which would otherwise plan each list anew. */
const AMONG_IDS = 'p.id = ANY (ARRAY(SELECT unnest($1::uuid[])))';

const BY_IDS = statement(
  'products.visibleByIds',
  `SELECT ${PRODUCT_JSON} ${FROM_PRODUCTS} ${asProductJson()}
   WHERE ${AMONG_IDS} AND ${VISIBLE}`,
);
const ID_OF_SLUG = statement('products.idOfSlug', `SELECT p.id FROM products p WHERE p.slug = $1 AND ${VISIBLE}`);
const SELLABLE = statement(
  'products.sellable',
  `SELECT p.id, p.sku, p.name, p.price, p.currency, p.stock FROM products p WHERE ${AMONG_IDS} AND ${VISIBLE}`,
);

/** Texts that are prepared by name; each costs memory on every connection, so there is an end to them. */
const MAX_PREPARED = 200;

/** A product that the public sees, as carts and sales need it. `price` is in minor units of `currency`. */
export interface SellableProduct {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly price: bigint;
  readonly currency: string;
  readonly stock: number;
}

/** What is read of the products of a page. */
type PageQuery = (request: PageRequest) => Query;

/** Where a next page goes on. */
interface ListedKey {
  readonly cursor_key: readonly string[];
}

export interface ListedRow extends ProductRow, ListedKey {}

/** A product on a page of a list: which one, as of which version, and where a next page would go on. */
export interface ListedId extends ListedKey {
  readonly id: string;
  readonly version: number;
}

/** How many products a list holds. */
export interface Counted {
  readonly total: number;
  /** False where `total` is the bound of counting, which was reached, or what statistics of words say. */
  readonly isExact: boolean;
}

/** The same, and between which prices. */
export interface Summary extends Counted {
  readonly lowest?: bigint | null;
  readonly highest?: bigint | null;
}

interface Prices {
  readonly lowest: bigint | null;
  readonly highest: bigint | null;
}

/** Reads of what the public sees. */
@Injectable()
export class CatalogueRepository extends BaseRepository {
  private readonly prepared = new Map<string, Statement>();
  private readonly scopes = new CatalogueScopes((statement, values) => this.rows(statement, values));
  private readonly byId = new GatheredReads(
    (ids) => this.outside(() => this.visible(ids)),
    ({ id }: ProductRow) => id,
  );

  /** Those who ask in the same turn of the event loop are answered by one statement. */
  findById(id: string): Promise<ProductRow | undefined> {
    return this.byId.find(id);
  }

  async findIdOfSlug(slug: string): Promise<string | undefined> {
    return (await this.first<{ id: string }>(ID_OF_SLUG, [slug]))?.id;
  }

  /** One page, and one row more where there is a next one. */
  async list(filter: CatalogueFilter, sort: SortKey, window: CatalogueWindow): Promise<ListedRow[]> {
    const rows = await this.page<JsonRow<ProductJson & ListedKey>>(filter, sort, window, listQuery);
    return rows.map(({ product }) => fromProductJson(product));
  }

  /** Like {@link list}, without reading the products whole. */
  async pageOfIds(filter: CatalogueFilter, sort: SortKey, window: CatalogueWindow): Promise<ListedId[]> {
    const rows = await this.page<ListedId>(filter, sort, window, pageOfIdsQuery);
    return rows.map(({ id, version, cursor_key }) => ({ id, version, cursor_key }));
  }

  /** Those of the products that the public sees, in no particular order. */
  findByIds(ids: readonly string[]): Promise<ProductRow[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.visible(ids);
  }

  /** How many products a filter finds; shares what the last page of the same filter object has found out. */
  async summary(filter: CatalogueFilter, withPrices: boolean): Promise<Summary> {
    const scope = await this.scopes.of(filter);
    const summary = await this.counted(scope);
    if (!withPrices) return summary;
    const query = pricesQuery(scope.filter, boundOf(scope));
    const [prices] = await this.query<Prices>(query, isSimple(scope.filter));
    return { ...summary, lowest: prices?.lowest ?? null, highest: prices?.highest ?? null };
  }

  /** The hundred fullest categories among what a filter finds. */
  async categoryFacet(filter: CatalogueFilter): Promise<CategoryFacet[]> {
    const scope = await this.scopes.of(filter);
    const query = isKept(scope.filter)
      ? keptFacetQuery(scope.filter)
      : categoryFacetQuery(scope.filter, boundOf(scope));
    return this.query<CategoryFacet>(query, isSimple(scope.filter));
  }

  sellable(ids: readonly string[]): Promise<SellableProduct[]> {
    return this.rows<SellableProduct>(SELLABLE, [ids]);
  }

  private async visible(ids: readonly string[]): Promise<ProductRow[]> {
    const rows = await this.rows<JsonRow>(BY_IDS, [ids]);
    return rows.map(({ product }) => fromProductJson(product));
  }

  private async page<R extends object>(
    filter: CatalogueFilter,
    sort: SortKey,
    window: CatalogueWindow,
    queryOf: PageQuery,
  ): Promise<R[]> {
    const position = positionOf(filter, sort, window);
    const rows = { limit: window.limit, offset: 'offset' in window ? window.offset : 0, position };
    this.scopes.forget(filter);
    if (isUnfiltered(filter)) {
      return this.queryPage<R>(queryOf, { filter: {}, sort, strategy: 'walk', prepared: true, ...rows });
    }
    const scope = await this.scopes.anew(filter, position?.reading);
    const request = { filter: scope.filter, sort, ...rows };
    const gathered = sort === 'relevance' ? await this.gatherPage(scope, request, queryOf) : undefined;
    if (gathered !== undefined) return gathered as R[];
    const { total, isExact } = await this.counted(scope);
    const strategy = strategyOf({
      all: scope.all,
      found: total,
      isExact,
      categories: scope.filter.categories?.length,
      searched: scope.filter.search !== undefined,
      byRelevance: sort === 'relevance',
      rows: rows.limit + rows.offset,
    });
    // Walks and merges are told their index by their text; what is gathered is planned for the values at hand.
    const prepared = strategy !== 'gather' || isSimple(scope.filter);
    return this.queryPage<R>(queryOf, { ...request, strategy, prepared, abundance: abundancesOf(scope, total) });
  }

  /**
   * The page of a search by relevance, if that finds few enough products to be gathered: these are counted by the way.
   * Undefined where it finds too many, or is expected to.
   */
  private async gatherPage(
    scope: Scope,
    request: Omit<PageRequest, 'strategy'>,
    queryOf: PageQuery,
  ): Promise<object[] | undefined> {
    if (scope.filter.search === undefined || estimateOf(scope).isMany) return undefined;
    const prepared = isSimple(scope.filter);
    const gather = { ...request, strategy: 'gather', prepared, most: MOST_GATHERED } as const;
    const rows = await this.queryPage<{ matched: number }>(queryOf, gather);
    const isFirst = request.offset === 0 && request.position === undefined;
    const matched = rows[0]?.matched ?? (isFirst ? 0 : undefined);
    if (matched === undefined) return undefined;
    const areAll = matched <= MOST_GATHERED;
    if (areAll || boundOf(scope) !== undefined) scope.found = Promise.resolve(matched);
    return areAll ? rows : undefined;
  }

  private queryPage<R extends object>(queryOf: PageQuery, request: PageRequest): Promise<R[]> {
    return this.query<R>(queryOf(request), request.prepared ?? false);
  }

  /** Counts the products of a scope, once for all who share it. */
  private async counted(scope: Scope): Promise<Counted> {
    if (isKept(scope.filter)) return { total: scope.kept, isExact: true };
    const estimate = estimateOf(scope);
    if (estimate.isMany) return { total: Math.round(estimate.products), isExact: false };
    const bound = boundOf(scope);
    scope.found ??= this.count(scope.filter, bound);
    const found = await scope.found;
    return bound !== undefined && found > bound ? { total: bound, isExact: false } : { total: found, isExact: true };
  }

  private async count(filter: ResolvedFilter, bound: number | undefined): Promise<number> {
    const [row] = await this.query<{ found: number }>(countQuery(filter, bound), isSimple(filter));
    return row?.found ?? 0;
  }

  /**
   * Runs a text of a shape that was seen early enough by name, so that it is parsed once a connection. Where filters go
   * together, PostgreSQL would then keep a plan that uses the index of the wrong one: those are planned every time.
   */
  private query<R extends object>({ text, values }: Query, byName: boolean): Promise<R[]> {
    let known = this.prepared.get(text);
    if (known === undefined && byName && this.prepared.size < MAX_PREPARED) {
      known = statement(`products.${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text);
      this.prepared.set(text, known);
    }
    return known === undefined || !byName ? this.rowsOf<R>(text, values) : this.rows<R>(known, values);
  }
}

function positionOf(filter: CatalogueFilter, sort: SortKey, window: CatalogueWindow): Position | undefined {
  if ('offset' in window || window.cursor === '') return undefined;
  return readCursor(window.cursor, sort, filter.q !== undefined);
}

function isUnfiltered(filter: CatalogueFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** Whether the kept counts tell how many products there are. */
function isKept({ search, minPrice, maxPrice }: ResolvedFilter): boolean {
  return search === undefined && minPrice === undefined && maxPrice === undefined;
}

/** Whether one index at most is asked for. */
function isSimple({ search, categories, minPrice, maxPrice }: ResolvedFilter): boolean {
  const priced = minPrice !== undefined || maxPrice !== undefined;
  return [search !== undefined, categories !== undefined, priced].filter(Boolean).length <= 1;
}

function boundOf(scope: Scope): number | undefined {
  return countBound(scope.all, scope.filter.search !== undefined);
}

interface Estimate extends Abundances {
  readonly products: number;
  /** Whether that is more than are counted. */
  readonly isMany: boolean;
}

/** What statistics of words say: nothing where prices are asked for too, of which there are none. */
function estimateOf({ filter, all, kept }: Scope): Estimate {
  const { search, minPrice, maxPrice } = filter;
  const share = minPrice === undefined && maxPrice === undefined ? search?.share : undefined;
  const [title, anywhere] = [share?.title, share?.anywhere].map((one) => {
    return abundanceOf(one === undefined ? undefined : kept * one, all);
  }) as [Abundance, Abundance];
  return {
    products: kept * (share?.anywhere ?? 0),
    title,
    anywhere,
    isMany: anywhere === 'some' || anywhere === 'frequent',
  };
}

/** How many products have the words of a search that finds more than can be gathered. */
function abundancesOf(scope: Scope, found: number): Abundances {
  const { title, anywhere, isMany } = estimateOf(scope);
  if (isMany) return { title, anywhere };
  // Statistics that were wrong about all words are not believed about titles either.
  return { title: 'unknown', anywhere: found > MOST_GATHERED ? 'frequent' : 'unknown' };
}
