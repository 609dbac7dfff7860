interface Expiring {
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** More entries than one that a new entry pushes out, so that what has ended does not pile up. */
const SWEPT_AT_ONCE = 2;

/**
 * A bounded map of values that end. A look-up is one operation of a Map. A new entry makes room: the oldest go when
 * they have ended, or when there are too many.
 */
export class ExpiringMap<V extends Expiring> {
  private readonly entries = new Map<string, V>();

  constructor(private readonly max: number) {}

  /** The value of a key that has not ended. */
  get(key: string, now: number): V | undefined {
    const value = this.entries.get(key);
    return value !== undefined && now < value.endsAt ? value : undefined;
  }

  set(key: string, value: V, now: number): void {
    // A Map keeps the order in which keys were added, so this makes the key the youngest.
    this.entries.delete(key);
    this.entries.set(key, value);
    let left = SWEPT_AT_ONCE;
    for (const [oldest, { endsAt }] of this.entries) {
      if (left === 0 || (now < endsAt && this.entries.size <= this.max)) return;
      this.entries.delete(oldest);
      left -= 1;
    }
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  get size(): number {
    return this.entries.size;
  }
}
