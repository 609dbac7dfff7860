import type { Clock } from '../../../common/clock.js';
import { WeightedMap } from '../../../platform/cache/weighted-map.js';
import type { Change } from '../../../platform/coherence/change.js';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import type { Counted } from '../catalogue.repository.js';
import { afterStockChange, type Fragment, joinList, type ListFrame } from './fragment.js';
import { SpoilLog } from './spoil-log.js';

const PRODUCT_SECONDS = 3_600;
const LIST_SECONDS = 1_800;
/** Part of a lifetime by which two of them may differ, so that what was filled together does not expire together. */
const SPREAD = 0.1;

const MEGABYTE = 1_048_576;
const MOST_PRODUCTS = 50_000;
const MOST_PRODUCT_BYTES = 96 * MEGABYTE;
const MOST_LISTS = 5_000;
const MOST_LIST_BYTES = 64 * MEGABYTE;
const MOST_TOTALS = 5_000;

/** A list without the products themselves. */
export interface ListPage extends ListFrame {
  readonly ids: readonly string[];
  /** Whether it is filtered by stock. */
  readonly byStock: boolean;
}

interface KeptList extends ListPage {
  readonly mark: number;
  readonly expiresAt: number;
  /** The answer as it was joined last, when, and from what. */
  joined?: { readonly answer: FinishedJson; readonly fragments: readonly Fragment[]; at: number };
}

interface Kept<T> {
  readonly value: T;
  readonly mark: number;
  readonly byStock: boolean;
  readonly expiresAt: number;
}

interface KeptFragment {
  readonly fragment: Fragment;
  readonly expiresAt: number;
}

/**
 * The catalogue as this process keeps it: products as finished bytes, lists as ids. What is read from the database is
 * kept only if nothing was learnt meanwhile that it does not show.
 */
export class CatalogueMemory {
  private readonly products = new WeightedMap<KeptFragment>(MOST_PRODUCTS, MOST_PRODUCT_BYTES);
  private readonly lists = new WeightedMap<KeptList>(MOST_LISTS, MOST_LIST_BYTES);
  private readonly totals = new WeightedMap<Kept<Counted>>(MOST_TOTALS, MOST_TOTALS);
  private readonly log = new SpoilLog();
  private kept: Kept<FinishedJson> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** To be taken before reading what is to be kept. Grows with everything that is learnt. */
  get mark(): number {
    return this.log.mark;
  }

  product(id: string): Fragment | undefined {
    const found = this.products.get(id);
    if (found === undefined) return undefined;
    if (found.expiresAt > this.now()) return found.fragment;
    this.products.delete(id);
    return undefined;
  }

  /** Keeps a product that was read after `mark`, unless a newer one is known of. */
  keepProduct(fragment: Fragment, mark: number): void {
    const { id, version } = fragment;
    if (!this.log.allows(id, version, mark)) return;
    const known = this.products.peek(id);
    if (known !== undefined && known.fragment.version > version) return;
    this.store(fragment, this.expiry(PRODUCT_SECONDS));
  }

  list(key: string): ListPage | undefined {
    const found = this.lists.get(key);
    if (found === undefined) return undefined;
    if (found.mark >= this.log.listsMark(found.byStock) && found.expiresAt > this.now()) return found;
    this.lists.delete(key);
    return undefined;
  }

  keepList(key: string, page: ListPage, mark: number): void {
    if (mark < this.log.listsMark(page.byStock)) return;
    const bytes = page.ids.reduce((sum, id) => sum + (this.products.peek(id)?.fragment.size ?? 0), 0);
    const frame = (page.head?.length ?? 0) + page.tail.length;
    // The joined answer is kept as bytes and as text.
    const weight = key.length + 100 * page.ids.length + 2 * (frame + bytes);
    this.lists.set(key, { ...page, mark, expiresAt: this.expiry(LIST_SECONDS) }, weight);
  }

  /** The answer of a list, where every product in it is known. */
  answer(key: string): FinishedJson | undefined {
    const list: KeptList | undefined = this.list(key) as KeptList | undefined;
    if (list === undefined) return undefined;
    const { joined } = list;
    if (joined !== undefined && joined.at === this.log.mark) return joined.answer;
    const fragments: Fragment[] = [];
    for (const id of list.ids) {
      const fragment = this.product(id);
      if (fragment === undefined) return undefined;
      fragments.push(fragment);
    }
    if (joined?.fragments.every((fragment, index) => fragment === fragments[index])) {
      joined.at = this.log.mark;
      return joined.answer;
    }
    const answer = joinList(fragments, list);
    list.joined = { answer, fragments, at: this.log.mark };
    return answer;
  }

  /** Whether what was read after `mark` shows every change that is known by now. */
  shows(fragments: readonly Fragment[], list: ListPage | undefined, mark: number): boolean {
    const since = list === undefined ? 0 : this.log.listsMark(list.byStock);
    return (
      mark >= Math.max(since, this.log.everythingMark) &&
      fragments.every(({ id, version }) => this.log.allows(id, version, mark))
    );
  }

  total(filter: string): Counted | undefined {
    const found = this.totals.get(filter);
    return found !== undefined && this.stands(found) ? found.value : undefined;
  }

  keepTotal(filter: string, value: Counted, byStock: boolean, mark: number): void {
    if (mark < this.log.listsMark(byStock)) return;
    this.totals.set(filter, { value, mark, byStock, expiresAt: this.expiry(LIST_SECONDS) }, 1);
  }

  /** The tree of categories. */
  get tree(): FinishedJson | undefined {
    const { kept } = this;
    return kept !== undefined && kept.mark >= this.log.everythingMark && kept.expiresAt > this.now()
      ? kept.value
      : undefined;
  }

  keepTree(value: FinishedJson, mark: number): void {
    if (mark >= this.log.everythingMark) {
      this.kept = { value, mark, byStock: false, expiresAt: this.expiry(LIST_SECONDS) };
    }
  }

  changed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'catalogue' || change.id === undefined) this.unknown();
      else if (this.log.note(change.id, change)) this.spoil(change.id, change);
    }
  }

  /** Forgets everything, and refuses what is being read. */
  unknown(): void {
    this.log.everything();
    this.products.clear();
    this.lists.clear();
    this.totals.clear();
    this.kept = undefined;
  }

  /** Entries and bytes, for the metrics. */
  get size(): Readonly<Record<string, number>> {
    const { products, lists } = this;
    return { products: products.size, productBytes: products.weight, lists: lists.size, listBytes: lists.weight };
  }

  private spoil(id: string, change: Change): void {
    const found = this.products.peek(id);
    if (found === undefined) return;
    const { fragment, expiresAt } = found;
    if (change.version !== undefined && fragment.version >= change.version) return;
    const after = afterStockChange(fragment, change);
    if (after === undefined) this.products.delete(id);
    else this.store(after, expiresAt);
  }

  private store(fragment: Fragment, expiresAt: number): void {
    // The object weighs about as much as its JSON, which is kept as bytes and as text, and may hang on to a row.
    this.products.set(fragment.id, { fragment, expiresAt }, 4 * fragment.size + 500);
  }

  private stands({ mark, byStock, expiresAt }: Kept<unknown>): boolean {
    return mark >= this.log.listsMark(byStock) && expiresAt > this.now();
  }

  private expiry(seconds: number): number {
    return this.now() + seconds * 1_000 * (1 - SPREAD * this.random());
  }

  private now(): number {
    return this.clock.milliseconds();
  }
}
