/** `memory`: the process caches by itself, without Redis. */
export type CacheState = 'up' | 'down' | 'memory';

/** What a cached text is made of, how long it may be served, and how it is made. */
export interface CachePlan {
  /** Names the text, and whose it is where it is somebody's own: nobody else may ask for it by the same key. */
  readonly key: string;
  /** Seconds. Up to a tenth less by chance, so that what was filled together does not expire together. */
  readonly ttl: number;
  /**
   * What it is made from, as triggers write it into `tag_changes`: for example `sales`, or `sales:<user>` for a part of
   * it. Without any, nothing but time ends it.
   */
  readonly tags: readonly string[];
}

export interface Cached {
  readonly text: string;
  readonly cache: 'HIT' | 'MISS';
}

/**
 * Keeps finished texts for a while, in the memory of the process and in Redis behind it. What it gives shows every
 * change that was acknowledged before the call, in whichever process. It only ever costs or saves time: where the cache
 * is away, empty or slow, texts come from their source, and no caller sees an error of it. See docs/caches.md.
 */
export abstract class AppCache {
  /**
   * The text under a key, made by `fill` where there is none that is new enough.
   * @param fill reads the source. Those who ask meanwhile wait for it, where it began after all that they must see.
   *   Inside a transaction, which may see what others must not, nothing is kept of it.
   */
  abstract wrap(plan: CachePlan, fill: () => Promise<string>): Promise<Cached>;

  /**
   * Tells all processes that something changed which texts with these tags are made of. To be called after the change
   * has committed and before it is acknowledged. Never fails.
   */
  abstract invalidate(tags: readonly string[]): Promise<void>;

  /** The same, once the transaction that is under way has committed; at once where there is none. */
  abstract invalidateAfterCommit(tags: readonly string[]): void;

  abstract get state(): CacheState;
}
