import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Flights } from '../../platform/cache/flights.js';
import { WeightedMap } from '../../platform/cache/weighted-map.js';
import type { Change } from '../../platform/coherence/change.js';
import { Coherence } from '../../platform/coherence/coherence.js';
import type { FinishedJson } from '../../platform/http/conditional.js';
import { Metrics } from '../../platform/observability/metrics.js';
import type { Counted } from './catalogue.repository.js';
import { CatalogueMemory, type ListPage } from './lane/catalogue-memory.js';
import { type Fragment, fragmentOf, joinList } from './lane/fragment.js';
import type { ProductRow } from './product-row.js';

/** A page of a list as it was read: the products on it, and what is kept of it beside them. */
export interface ReadPage extends Omit<ListPage, 'ids'> {
  readonly rows: readonly ProductRow[];
}

/** How a list is read where it is not kept. */
export interface ListSource {
  /** @param trusted whether totals may come out of memory */
  page(trusted: boolean): Promise<ReadPage>;
  products(ids: readonly string[]): Promise<readonly ProductRow[]>;
}

/** A change of a level: how it is afterwards, and by how much it changed. */
export interface StockLevel {
  readonly productId: string;
  readonly stock: number;
  readonly delta: number;
  /** The version of the product that the change made. */
  readonly version: number;
  readonly updatedAt: Date;
}

/** What was read to fill a gap. */
interface Filled {
  readonly answer: FinishedJson;
  readonly fragments: readonly Fragment[];
  readonly list?: ListPage;
  /** When the reading began. */
  readonly mark: number;
}

const NOTHING = Buffer.alloc(0);
const MOST_SLUGS = 50_000;
/** More products than this at once are told as all. */
const MOST_SINGLE = 100;

/**
 * What is kept of the catalogue, in the memory of this process, and what spoils it. Every answer is as new as the last
 * write that was acknowledged in any process before the request came. See docs/catalogue-cache.md.
 */
@Injectable()
export class CatalogueCache {
  private readonly logger = new Logger(CatalogueCache.name);
  private readonly memory: CatalogueMemory;
  private readonly flights = new Flights();
  private readonly slugs = new WeightedMap<string>(MOST_SLUGS, Number.MAX_SAFE_INTEGER);
  private readonly counts = { hit: 0, miss: 0, bypass: 0 };

  constructor(
    private readonly coherence: Coherence,
    clock: Clock,
    metrics: Metrics,
  ) {
    this.memory = new CatalogueMemory(clock);
    coherence.keeps(this.memory);
    const help = 'Reads of the catalogue beyond those of the fast lane; bypass: what is kept could not be trusted.';
    metrics.counters('catalogue_reads_total', help, 'result', () => ({ ...this.counts }));
    metrics.gauges('catalogue_memory', 'What is kept of the catalogue.', 'of', () => this.memory.size);
  }

  /** @param key the same for all requests that get the same answer */
  async list(key: string, source: ListSource): Promise<FinishedJson> {
    const again = (): FinishedJson | undefined => this.memory.answer(key);
    if (!(await this.coherence.fresh())) {
      return this.bypass(`list ${key}`, async () => joined(await source.page(false)));
    }
    const found = again();
    if (found !== undefined) return this.hit(found, again);
    this.missed(key);
    return { ...(await this.shared(`list ${key}`, () => this.fillList(key, source))), cache: 'MISS', again };
  }

  /** @throws whatever `read` throws where there is no such product */
  async detail(id: string, read: () => Promise<ProductRow>): Promise<FinishedJson> {
    const again = (): FinishedJson | undefined => this.memory.product(id)?.answer;
    if (!(await this.coherence.fresh())) {
      return this.bypass(`detail ${id}`, async () => fragmentOf(await read()).answer);
    }
    const found = again();
    if (found !== undefined) return this.hit(found, again);
    this.missed(id);
    const answer = await this.shared(`detail ${id}`, async () => {
      const { mark } = this.memory;
      const fragments = this.keep([await read()], mark);
      return { answer: (fragments[0] as Fragment).answer, fragments, mark };
    });
    return { ...answer, cache: 'MISS', again };
  }

  /** What is shown of one category. */
  category(reference: string, read: () => Promise<object>): Promise<FinishedJson> {
    const page = async (): Promise<ReadPage> => {
      const head = Buffer.from(JSON.stringify(await read()));
      return { rows: [], head, tail: NOTHING, position: undefined, byStock: false };
    };
    return this.list(`category ${reference}`, { page, products: async () => [] });
  }

  async categories(read: () => Promise<FinishedJson>): Promise<FinishedJson> {
    const again = (): FinishedJson | undefined => this.memory.tree;
    if (!(await this.coherence.fresh())) return this.bypass('categories', read);
    const found = again();
    if (found !== undefined) return this.hit(found, again);
    this.missed('categories');
    const answer = await this.shared('categories', async () => {
      const { mark } = this.memory;
      const tree = await read();
      this.memory.keepTree(tree, mark);
      return { answer: tree, fragments: [], mark };
    });
    return { ...answer, cache: 'MISS', again };
  }

  /** The number of products that a filter finds, for a page that is being read. */
  async total(filter: string, byStock: boolean, trusted: boolean, count: () => Promise<Counted>): Promise<Counted> {
    if (!trusted) return count();
    const found = this.memory.total(filter);
    if (found !== undefined) return found;
    const { mark } = this.memory;
    const total = await count();
    this.memory.keepTotal(filter, total, byStock, mark);
    return total;
  }

  /** The id behind a slug. Slugs never change hands, so nothing spoils it. */
  async idOfSlug(slug: string, read: () => Promise<string>): Promise<string> {
    const known = this.slugs.get(slug);
    if (known !== undefined) return known;
    const id = await this.flights.shareFresh(`slug ${slug}`, read);
    this.slugs.set(slug, id, 1);
    return id;
  }

  /** Products were made, changed or archived; any of them where none is named. */
  productsChanged(products: readonly { readonly id: string; readonly version: number }[]): Promise<void> {
    if (products.length === 0) return this.coherence.announce([{ kind: 'catalogue' }]);
    return this.tell(products.map(({ id, version }) => ({ kind: 'listing', id, version })));
  }

  /** The stock of a product was set by somebody, and nothing else about it. */
  stockSet({ id, stock, version }: ProductRow, delta: number): Promise<void> {
    return this.tell([{ kind: stockKind(stock, delta), id, version }]);
  }

  /** Stock was sold or came back; what is told of the levels spares reading them. */
  stockChanged(ids: readonly string[], levels: readonly StockLevel[] = []): Promise<void> {
    const known = new Set(levels.map(({ productId }) => productId));
    const rest = ids.filter((id) => !known.has(id)).map((id): Change => ({ kind: 'availability', id }));
    return this.tell([...levels.map(toChange), ...rest]);
  }

  /** What was bought together was worked out anew. */
  relationsChanged(): Promise<void> {
    return this.coherence.announce([{ kind: 'catalogue' }]);
  }

  /** Categories were made, changed or deleted: every product shows the name of its own. */
  categoriesChanged(): Promise<void> {
    return this.coherence.announce([{ kind: 'catalogue' }]);
  }

  private tell(changes: readonly Change[]): Promise<void> {
    return this.coherence.announce(changes.length > MOST_SINGLE ? [{ kind: 'catalogue' }] : changes);
  }

  private async fillList(key: string, source: ListSource): Promise<Filled> {
    const completed = await this.complete(key, source);
    if (completed !== undefined) return completed;
    const { mark } = this.memory;
    const { rows, ...page } = await source.page(true);
    const fragments = this.keep(rows, mark);
    const list = { ...page, ids: fragments.map(({ id }) => id) };
    this.memory.keepList(key, list, mark);
    return { answer: joinList(fragments, page), fragments, list, mark };
  }

  /** The answer of a list that is kept, once the products that are missing in it have been read. */
  private async complete(key: string, source: ListSource): Promise<Filled | undefined> {
    const list = this.memory.list(key);
    if (list === undefined) return undefined;
    const { mark } = this.memory;
    const missing = list.ids.filter((id) => this.memory.product(id) === undefined);
    const read = missing.length === 0 ? [] : this.keep(await source.products(missing), mark);
    // It may have been spoilt meanwhile; then the products would not fit it.
    if (this.memory.list(key) !== list) return undefined;
    const byId = new Map(read.map((fragment) => [fragment.id, fragment]));
    const found = list.ids.map((id) => this.memory.product(id) ?? byId.get(id));
    const fragments = found.filter((fragment) => fragment !== undefined);
    if (fragments.length < found.length) return undefined;
    return { answer: joinList(fragments, list), fragments, list, mark };
  }

  /** Shares what somebody else is reading already, unless it turns out to be from before a change that was known by now. */
  private async shared(key: string, fill: () => Promise<Filled>): Promise<FinishedJson> {
    const arrival = this.memory.mark;
    for (;;) {
      const filled = await this.flights.share(key, fill);
      const { answer, fragments, list, mark } = filled;
      if (mark >= arrival || this.memory.shows(fragments, list, mark)) return answer;
    }
  }

  /** Keeps what was read; what is in memory at the same version is not made again. */
  private keep(rows: readonly ProductRow[], mark: number): Fragment[] {
    return rows.map((row) => {
      const known = this.memory.product(row.id);
      if (known?.version === row.version) return known;
      const fragment = fragmentOf(row);
      this.memory.keepProduct(fragment, mark);
      return fragment;
    });
  }

  /** Reads without keeping; who asks at the same time shares what is read after they came. */
  private async bypass(key: string, read: () => Promise<FinishedJson>): Promise<FinishedJson> {
    this.counts.bypass += 1;
    return { ...(await this.flights.shareFresh(key, read)), cache: 'MISS' };
  }

  private hit(answer: FinishedJson, again: () => FinishedJson | undefined): FinishedJson {
    this.counts.hit += 1;
    return { ...answer, again };
  }

  private missed(key: string): void {
    this.counts.miss += 1;
    this.logger.debug({ key }, 'Not in the memory of the catalogue.');
  }
}

function joined({ rows, ...page }: ReadPage): FinishedJson {
  return joinList(rows.map(fragmentOf), page);
}

function stockKind(stock: number, delta: number): 'stock' | 'availability' {
  return stock > 0 === stock - delta > 0 ? 'stock' : 'availability';
}

function toChange({ productId: id, stock, delta, version, updatedAt }: StockLevel): Change {
  return { kind: stockKind(stock, delta), id, version, stock, updatedAt: updatedAt.toISOString() };
}
