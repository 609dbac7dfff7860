import { WeightedMap } from './weighted-map.js';

/** What an entry takes beside its key and text. */
const OVERHEAD_BYTES = 400;

/** A bounded memory in the shape of a store of Keyv; forgets first what was used longest ago. */
export class MemorySpace {
  private readonly map: WeightedMap<unknown>;

  constructor(maxEntries: number, maxBytes: number) {
    this.map = new WeightedMap(maxEntries, maxBytes);
  }

  get(key: string): unknown {
    return this.map.get(key);
  }

  set(key: string, value: unknown): this {
    this.map.set(key, value, OVERHEAD_BYTES + 2 * (key.length + textLength(value)));
    return this;
  }

  delete(key: string): boolean {
    return this.map.delete(key);
  }

  clear(): void {
    this.map.clear();
  }

  /** Entries and bytes, for the metrics. */
  get size(): Readonly<Record<string, number>> {
    return { entries: this.map.size, bytes: this.map.weight };
  }
}

/** Characters of the text in what Keyv hands over: `{ value: { text }, expires }`. */
function textLength(kept: unknown): number {
  const { value } = kept as { readonly value?: { readonly text?: string } };
  return value?.text?.length ?? 0;
}
