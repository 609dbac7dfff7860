import { Inject, Injectable } from '@nestjs/common';
import { isUuid } from '../../common/ids.js';
import { formatMoney, parseMoney } from '../../common/money.js';
import { offsetOf, toPage } from '../../common/paging.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { FinishedJson } from '../../platform/http/conditional.js';
import { CatalogueCache, type ReadPage } from './catalogue.cache.js';
import { CatalogueRepository, type Counted, type ListedRow, type Summary } from './catalogue.repository.js';
import type { SortKey } from './catalogue-sorts.js';
import type { CatalogueFilter, CatalogueWindow } from './catalogue-statements.js';
import type { ProductFacets, ProductResponse } from './dto/product.dto.js';
import type { ProductQuery } from './dto/product-query.dto.js';
import { ProductNotFound } from './products.errors.js';
import { isSlug } from './slug.js';

/** Shows the catalogue to the public, as finished bytes. */
@Injectable()
export class CatalogueService {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly cache: CatalogueCache,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  list(query: ProductQuery): Promise<FinishedJson> {
    const filter = this.filterOf(query);
    const sort = query.sort ?? (filter.q === undefined ? '-createdAt' : 'relevance');
    return this.cache.list(listKey(query, filter, sort), {
      page: (trusted) => this.readPage(query, filter, sort, trusted),
      products: (ids) => this.catalogue.findByIds(ids),
    });
  }

  async detail(idOrSlug: string): Promise<FinishedJson> {
    const id = isUuid(idOrSlug) ? idOrSlug.toLowerCase() : await this.idOfSlug(idOrSlug);
    return this.cache.detail(id, async () => {
      const row = await this.catalogue.findById(id);
      if (row === undefined) throw new ProductNotFound();
      return row;
    });
  }

  /**
   * The id of a product that the public sees.
   * @throws {ProductNotFound}
   */
  async visibleId(idOrSlug: string): Promise<string> {
    const { body } = await this.detail(idOrSlug);
    return (JSON.parse(body.toString()) as ProductResponse).id;
  }

  private async idOfSlug(slug: string): Promise<string> {
    if (!isSlug(slug)) throw new ProductNotFound();
    return this.cache.idOfSlug(slug, async () => {
      const id = await this.catalogue.findIdOfSlug(slug);
      if (id === undefined) throw new ProductNotFound();
      return id;
    });
  }

  private filterOf({ q, category, minPrice, maxPrice, inStock }: ProductQuery): CatalogueFilter {
    const currency = this.config.STORE_CURRENCY;
    return {
      q: q === '' ? undefined : q,
      category,
      minPrice: minPrice === undefined ? undefined : parseMoney(minPrice, currency, 'minPrice'),
      maxPrice: maxPrice === undefined ? undefined : parseMoney(maxPrice, currency, 'maxPrice'),
      inStock,
    };
  }

  private async readPage(
    query: ProductQuery,
    filter: CatalogueFilter,
    sort: SortKey,
    trusted: boolean,
  ): Promise<ReadPage> {
    const rows = await this.catalogue.list(filter, sort, windowOf(query));
    const facets = query.facets ? await this.makeFacets(filter) : undefined;
    const counted = query.cursor === undefined ? (facets?.counted ?? (await this.counted(filter, trusted))) : undefined;
    const keyOf = (row: ListedRow): string[] => [sort, ...row.cursor_key, row.id];
    const { items, ...rest } = toPage(rows, query, counted?.total, keyOf, (row) => row);
    const exact = counted?.isExact === false ? { totalIsExact: false } : {};
    const shown = { ...rest, ...exact, ...(facets === undefined ? {} : { facets: facets.shown }) };
    const tail = Buffer.from(`],${JSON.stringify(shown).slice(1)}`);
    const { total: _total, ...position } = rest;
    return { rows: items, tail, position, byStock: filter.inStock !== undefined };
  }

  private counted(filter: CatalogueFilter, trusted: boolean): Promise<Counted> {
    const count = (): Promise<Counted> => this.catalogue.summary(filter, false);
    return this.cache.total(filterKey(filter), filter.inStock !== undefined, trusted, count);
  }

  private async makeFacets(filter: CatalogueFilter): Promise<{ counted: Counted; shown: ProductFacets }> {
    const summary: Summary = await this.catalogue.summary(filter, true);
    const category = await this.catalogue.categoryFacet(filter);
    const amount = (minor: bigint | null | undefined): string | null =>
      minor === null || minor === undefined ? null : formatMoney(minor, this.config.STORE_CURRENCY);
    const price = { min: amount(summary.lowest), max: amount(summary.highest) };
    return { counted: summary, shown: { category, price } };
  }
}

function windowOf(query: ProductQuery): CatalogueWindow {
  const limit = query.perPage + 1;
  return query.cursor === undefined ? { limit, offset: offsetOf(query) } : { limit, cursor: query.cursor };
}

/** One key for all filters that find the same. */
function filterKey({ q, category, minPrice, maxPrice, inStock }: CatalogueFilter): string {
  return JSON.stringify([q, category, minPrice?.toString(), maxPrice?.toString(), inStock]);
}

/** One key for all requests that get the same answer, however they were written. */
function listKey({ page, perPage, cursor, facets }: ProductQuery, filter: CatalogueFilter, sort: SortKey): string {
  return JSON.stringify([sort, cursor === undefined ? page : { cursor }, perPage, facets === true, filterKey(filter)]);
}
