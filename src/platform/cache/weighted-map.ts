/** A bounded map that forgets first what was used longest ago, by number of entries and by what they weigh together. */
export class WeightedMap<V> {
  private readonly entries = new Map<string, { value: V; weight: number }>();
  private total = 0;

  constructor(
    private readonly maxEntries: number,
    private readonly maxWeight: number,
  ) {}

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    // While half of it is free, nothing is forgotten for long, and who is younger does not matter.
    if (this.entries.size * 2 < this.maxEntries && this.total * 2 < this.maxWeight) return entry.value;
    // A Map keeps the order in which keys were added, so this makes the key the youngest.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** Looks without making the key younger. */
  peek(key: string): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** Keeps a value; what alone weighs more than everything may is not kept. */
  set(key: string, value: V, weight: number): void {
    this.delete(key);
    if (weight > this.maxWeight) return;
    this.entries.set(key, { value, weight });
    this.total += weight;
    while (this.entries.size > this.maxEntries || this.total > this.maxWeight) {
      const [oldest] = this.entries.keys();
      if (oldest === undefined) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.total -= entry.weight;
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
    this.total = 0;
  }

  get size(): number {
    return this.entries.size;
  }

  get weight(): number {
    return this.total;
  }
}
