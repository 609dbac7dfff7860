/** An entry between its neighbours in the order of use. */
interface Entry<V> {
  readonly key: string;
  value: V;
  weight: number;
  older: Entry<V> | undefined;
  younger: Entry<V> | undefined;
}

/**
 * A bounded map that forgets first what was used longest ago, by number of entries and by what they weigh together.
 *
 * It keeps the order in links of its own. In that of a `Map`, a key is made the youngest by taking it out and putting it
 * in again; V8 leaves what was taken out in its bucket until it makes the whole table anew, so the keys that everybody
 * asks for, in a map of many, would walk past thousands of themselves each time.
 */
export class WeightedMap<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private oldest: Entry<V> | undefined;
  private youngest: Entry<V> | undefined;
  private total = 0;

  constructor(
    private readonly maxEntries: number,
    private readonly maxWeight: number,
  ) {}

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.use(entry);
    return entry.value;
  }

  /** Looks without making the key younger. */
  peek(key: string): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** Keeps a value; what alone weighs more than everything may is not kept. */
  set(key: string, value: V, weight: number): void {
    if (weight > this.maxWeight) {
      this.delete(key);
      return;
    }
    const known = this.entries.get(key);
    this.total += weight - (known?.weight ?? 0);
    if (known === undefined) {
      const entry: Entry<V> = { key, value, weight, older: undefined, younger: undefined };
      this.entries.set(key, entry);
      this.link(entry);
    } else {
      known.value = value;
      known.weight = weight;
      this.use(known);
    }
    while (this.oldest !== undefined && (this.entries.size > this.maxEntries || this.total > this.maxWeight)) {
      this.delete(this.oldest.key);
    }
  }

  /** Whether there was anything. */
  delete(key: string): boolean {
    const entry = this.entries.get(key);
    if (entry === undefined) return false;
    this.total -= entry.weight;
    this.entries.delete(key);
    this.unlink(entry);
    return true;
  }

  clear(): void {
    this.entries.clear();
    this.oldest = undefined;
    this.youngest = undefined;
    this.total = 0;
  }

  get size(): number {
    return this.entries.size;
  }

  get weight(): number {
    return this.total;
  }

  private use(entry: Entry<V>): void {
    if (entry === this.youngest) return;
    this.unlink(entry);
    this.link(entry);
  }

  private link(entry: Entry<V>): void {
    entry.older = this.youngest;
    entry.younger = undefined;
    if (this.youngest === undefined) this.oldest = entry;
    else this.youngest.younger = entry;
    this.youngest = entry;
  }

  private unlink({ older, younger }: Entry<V>): void {
    if (older === undefined) this.oldest = younger;
    else older.younger = younger;
    if (younger === undefined) this.youngest = older;
    else younger.older = older;
  }
}
