import { Snapshot } from './snapshot.js';

/** Stands for every tag. */
export const EVERY_TAG = '*';

/** Tags of which is remembered what changed; beyond them everything that was read before now is refused. */
const MOST_TAGS = 20_000;
/** Transactions of a tag that are told apart. */
const MOST_XIDS = 32;

/** A change that PostgreSQL has told of: what was written under a tag, and by which transaction. */
export type ToldChange = readonly [tag: string, xid: string];

/** What was told of a tag. */
interface Told {
  /** Those that are told apart. */
  readonly xids: number[];
  /** What was told beyond them. */
  rest: { readonly upTo: number; readonly shownBy: Snapshot } | undefined;
}

/** `sales:7` concerns who has asked for `sales`, too, and `sales` whoever has asked for `sales:7`. */
function namesOf(tag: string): string[] {
  const colon = tag.indexOf(':');
  return colon < 0 ? [tag] : [tag, `${tag.slice(0, colon)}:*`];
}

function concerning(tag: string): string[] {
  const colon = tag.indexOf(':');
  return colon < 0 ? [EVERY_TAG, tag, `${tag}:*`] : [EVERY_TAG, tag, tag.slice(0, colon)];
}

/**
 * What one replica knows of changes to tagged data, and so whether something shows all of them. Whatever was read
 * carries the snapshot from before the reading: it shows at least what that one shows. So a value is judged by itself,
 * wherever it has been lying, and whoever put it there.
 */
export class TagHistory {
  /** Changes that were announced but not told of yet, and when. */
  private readonly announced = new Map<string, number>();
  private readonly told = new Map<string, Told>();
  private counter = 0;
  /** What was before this is not known one by one. */
  private baseline: Snapshot | undefined;
  private newest: Snapshot | undefined;

  /** The newest snapshot whose changes are all known: what is read from now on shows them. */
  get snapshot(): Snapshot | undefined {
    return this.newest;
  }

  /** Something was committed under these tags. By which transaction is known when PostgreSQL has been asked. */
  announce(tags: readonly string[]): void {
    this.counter += 1;
    if (this.announced.size > MOST_TAGS) this.announced.set(EVERY_TAG, this.counter);
    else for (const name of tags.flatMap(namesOf)) this.announced.set(name, this.counter);
  }

  /** Whether PostgreSQL has to be asked before anything that carries one of the tags can be judged. */
  isUnsure(tags: readonly string[]): boolean {
    return this.announced.size > 0 && tags.some((tag) => concerning(tag).some((name) => this.announced.has(name)));
  }

  /** A question to PostgreSQL begins; its answer is given back with this mark. */
  mark(): number {
    return this.counter;
  }

  /** What was committed between the snapshot before this one and this one. */
  learn(mark: number, snapshot: string, changes: readonly ToldChange[]): void {
    const newest = new Snapshot(snapshot);
    this.newest = newest;
    for (const [tag, xid] of changes) for (const name of namesOf(tag)) this.note(name, Number(xid), newest);
    if (this.told.size > MOST_TAGS) this.restart(snapshot);
    for (const [name, at] of this.announced) if (at <= mark) this.announced.delete(name);
  }

  /** Whatever was read before a snapshot may be out of date; without one, everything may. */
  restart(snapshot: string | undefined): void {
    this.baseline = snapshot === undefined ? undefined : new Snapshot(snapshot);
    this.newest = this.baseline;
    this.told.clear();
  }

  /** Whether what was read after a snapshot shows every change under these tags that is known. */
  allows(snapshot: Snapshot, tags: readonly string[]): boolean {
    if (this.baseline === undefined || !snapshot.covers(this.baseline)) return false;
    return tags.every((tag) => concerning(tag).every((name) => shows(snapshot, this.told.get(name))));
  }

  private note(name: string, xid: number, shownBy: Snapshot): void {
    const told = this.told.get(name) ?? { xids: [], rest: undefined };
    told.xids.push(xid);
    if (told.xids.length > MOST_XIDS) {
      told.xids.sort((a, b) => a - b);
      told.rest = { upTo: Math.max(told.rest?.upTo ?? 0, told.xids.shift() ?? 0), shownBy };
    }
    this.told.set(name, told);
  }
}

function shows(snapshot: Snapshot, told: Told | undefined): boolean {
  if (told === undefined) return true;
  return told.xids.every((xid) => snapshot.sees(xid)) && (told.rest === undefined || showsRest(snapshot, told.rest));
}

/**
 * The rest is not told apart any more: it has to be clear that all of it was seen. A transaction that is long under way,
 * be it of another database, keeps a snapshot from seeing all up to one that came later, but not from seeing what another
 * snapshot shows.
 */
function showsRest(snapshot: Snapshot, { upTo, shownBy }: NonNullable<Told['rest']>): boolean {
  return snapshot.seesAllUpTo(upTo) || snapshot.covers(shownBy);
}
