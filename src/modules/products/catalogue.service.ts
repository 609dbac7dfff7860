import { Inject, Injectable } from '@nestjs/common';
import { isUuid } from '../../common/ids.js';
import { formatMoney, parseMoney } from '../../common/money.js';
import { offsetOf, toPage } from '../../common/paging.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { FinishedJson } from '../../platform/http/conditional.js';
import { CatalogueCache, type Finished } from './catalogue.cache.js';
import { CatalogueRepository, type Counted, type ListedRow, type Summary } from './catalogue.repository.js';
import type { SortKey } from './catalogue-sorts.js';
import type { CatalogueFilter, CatalogueWindow } from './catalogue-statements.js';
import type { ProductFacets } from './dto/product.dto.js';
import type { ProductQuery } from './dto/product-query.dto.js';
import { digest, productTag, toProduct } from './product-row.js';
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
    const key = listKey(query, filter, sort);
    return this.cache.list(key, () => this.makeList(query, filter, sort));
  }

  async detail(idOrSlug: string): Promise<FinishedJson> {
    const id = isUuid(idOrSlug) ? idOrSlug.toLowerCase() : await this.idOfSlug(idOrSlug);
    return this.cache.detail(id, async () => {
      const row = await this.catalogue.findById(id);
      if (row === undefined) throw new ProductNotFound();
      const product = toProduct(row);
      const json = JSON.stringify(product);
      return { json, etag: productTag(product, json) };
    });
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

  private async makeList(query: ProductQuery, filter: CatalogueFilter, sort: SortKey): Promise<Finished> {
    const rows = await this.catalogue.list(filter, sort, windowOf(query));
    const facets = query.facets ? await this.makeFacets(filter) : undefined;
    const counted = query.cursor === undefined ? (facets?.counted ?? (await this.counted(filter))) : undefined;
    const keyOf = (row: ListedRow): string[] => [sort, ...row.cursor_key, row.id];
    const page = toPage(rows, query, counted?.total, keyOf, toProduct);
    const shown = { ...page, ...(counted?.isExact === false ? { totalIsExact: false } : {}) };
    const json = JSON.stringify(facets === undefined ? shown : { ...shown, facets: facets.shown });
    const { items: _items, total: _total, ...position } = page;
    return { json, etag: `"${digest(json)}"`, position };
  }

  private async counted(filter: CatalogueFilter): Promise<Counted> {
    if (!isUnfiltered(filter)) return this.catalogue.summary(filter, false);
    const total = await this.cache.total(async () => (await this.catalogue.summary(filter, false)).total);
    return { total, isExact: true };
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

function isUnfiltered(filter: CatalogueFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** One key for all requests that get the same answer, however they were written. */
function listKey({ page, perPage, cursor, facets }: ProductQuery, filter: CatalogueFilter, sort: SortKey): string {
  const { q, category, minPrice, maxPrice, inStock } = filter;
  const place = cursor === undefined ? page : { cursor };
  const bounds = [minPrice?.toString(), maxPrice?.toString()];
  return JSON.stringify([sort, place, perPage, facets === true, q, category, ...bounds, inStock]);
}
