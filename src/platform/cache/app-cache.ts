/** `memory`: the process caches by itself, without Redis. */
export type CacheState = 'up' | 'down' | 'memory';

/** A tag that every value carries: to invalidate it ends all, for example after an import of the whole catalogue. */
export const EVERYTHING = '*';

/**
 * Keeps finished answers for a while: JSON texts, or Buffers of bytes to send. It only ever costs or saves time: where
 * the cache is away, empty or slow, values come from their source, and no caller sees an error of it.
 */
export abstract class AppCache {
  /**
   * The value under a key, made by `fill` where there is none.
   * @param ttlSeconds how long it may be served
   * @param tags what the value was made from, for example `product:<id>`; {@link invalidate} with one of them ends it
   * @param fill reads the source. At most one runs for a key and state of the tags; inside a transaction, which may
   *   see what others must not, its result is not kept.
   */
  abstract wrap<T extends string | Buffer>(
    key: string,
    ttlSeconds: number,
    tags: readonly string[],
    fill: () => Promise<T>,
  ): Promise<T>;

  /**
   * Ends every value that carries one of the tags, those that are being filled right now included, in all processes.
   * To be called after the change has committed. Never fails.
   */
  abstract invalidate(tags: readonly string[]): Promise<void>;

  abstract get state(): CacheState;
}
