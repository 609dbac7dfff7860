import type { Change } from '../../../platform/coherence/change.js';

/** Products that are remembered one by one; beyond them whatever is being read is refused. */
const MOST_PRODUCTS = 50_000;
/** Versions of a product that are recognised when they are told again. */
const MOST_VERSIONS = 16;

interface Spoilt {
  /** When it was told of last. */
  mark: number;
  /** When it was told of last without a version. */
  blindMark: number;
  /** The newest version told of. */
  version: number;
  readonly versions: number[];
}

/**
 * What was learnt of changes, in the order in which it was learnt. Something that was read before a change was learnt
 * may not show it; that a product does is told by its version, since versions are in the order of commits.
 */
export class SpoilLog {
  private readonly products = new Map<string, Spoilt>();
  private counter = 1;
  private floor = 0;
  private listing = 0;
  private availability = 0;

  get mark(): number {
    return this.counter;
  }

  /** Lists that were read before this mark may be out of date. */
  listsMark(byStock: boolean): number {
    return byStock ? Math.max(this.listing, this.availability) : this.listing;
  }

  get everythingMark(): number {
    return this.floor;
  }

  /** Whether a product that was read at a version, after `mark`, shows every change that is known. */
  allows(id: string, version: number, mark: number): boolean {
    if (mark < this.floor) return false;
    const spoilt = this.products.get(id);
    if (spoilt === undefined || mark >= spoilt.mark) return true;
    return mark >= spoilt.blindMark && version >= spoilt.version;
  }

  /** Notes a change; false where it was noted before. */
  note(id: string, { kind, version }: Change): boolean {
    const known = this.products.get(id);
    if (version !== undefined && known?.versions.includes(version)) return false;
    this.counter += 1;
    const spoilt = known ?? { mark: 0, blindMark: 0, version: 0, versions: [] };
    spoilt.mark = this.counter;
    if (version === undefined) spoilt.blindMark = this.counter;
    else {
      spoilt.version = Math.max(spoilt.version, version);
      spoilt.versions.push(version);
      if (spoilt.versions.length > MOST_VERSIONS) spoilt.versions.shift();
    }
    if (known === undefined) this.remember(id, spoilt);
    if (kind === 'listing') this.listing = this.counter;
    if (kind === 'availability') this.availability = this.counter;
    return true;
  }

  /** Anything may have changed. */
  everything(): void {
    this.counter += 1;
    this.floor = this.counter;
    this.listing = this.counter;
    this.availability = this.counter;
    this.products.clear();
  }

  private remember(id: string, spoilt: Spoilt): void {
    if (this.products.size >= MOST_PRODUCTS) {
      this.products.clear();
      // What is being read is compared with nothing any more, so it is not kept. Lists stand by their own marks.
      this.floor = this.counter;
    }
    this.products.set(id, spoilt);
  }
}
