import type { Change } from './change.js';

/** Longer than between the commit of a change and the moment when it is taken. */
const KEPT_MS = 10_000;
const MOST_PRODUCTS = 10_000;

interface Told {
  readonly changes: Change[];
  at: number;
}

/** What PostgreSQL has told of changes lately, for who knows only which products it has changed. */
export class RecentChanges {
  private readonly products = new Map<string, Told>();
  private lostAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number) {}

  note(changes: readonly Change[]): void {
    const at = this.now();
    for (const change of changes) {
      if (change.id === undefined) continue;
      const told = this.products.get(change.id) ?? { changes: [], at };
      told.changes.push(change);
      told.at = at;
      this.products.delete(change.id);
      this.products.set(change.id, told);
    }
    this.prune(at);
  }

  /** What was told of a product since it was taken last; that anything changed, where some of it was lost. */
  take(id: string): readonly Change[] {
    if (this.now() - this.lostAt < KEPT_MS) return [{ kind: 'catalogue' }];
    const told = this.products.get(id);
    this.products.delete(id);
    return told?.changes ?? [];
  }

  /** The map holds first what was told of longest ago. */
  private prune(now: number): void {
    for (const [id, { at }] of this.products) {
      const isOld = now - at > KEPT_MS;
      if (!isOld && this.products.size <= MOST_PRODUCTS) return;
      if (!isOld) this.lostAt = now;
      this.products.delete(id);
    }
  }
}
