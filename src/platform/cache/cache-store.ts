import type { CacheState } from './app-cache.js';

export interface CacheWrite {
  readonly key: string;
  readonly value: unknown;
  readonly ttlMs: number;
}

/** Where cached values lie. Nothing here fails: a store that cannot answer says so. */
export abstract class CacheStore {
  /** Whether other processes see the same values. */
  abstract readonly shared: boolean;
  abstract get state(): CacheState;

  /** The values under keys, in their order; undefined while the store is away or may not be trusted. */
  abstract read(keys: readonly string[]): Promise<readonly unknown[] | undefined>;

  /** Whether all were written. */
  abstract write(entries: readonly CacheWrite[]): Promise<boolean>;
}
