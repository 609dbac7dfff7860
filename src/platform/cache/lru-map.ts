import { WeightedMap } from './weighted-map.js';

/** A bounded map that forgets first what was used longest ago. Has the shape of a store of Keyv. */
export class LruMap<V> {
  private readonly entries: WeightedMap<V>;

  constructor(max: number) {
    this.entries = new WeightedMap(max, max);
  }

  get(key: string): V | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: V): this {
    this.entries.set(key, value, 1);
    return this;
  }

  delete(key: string): boolean {
    return this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }
}
