import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import { type Cache, type CacheManagerStore, KeyvAdapter } from 'cache-manager';
import { Keyv } from 'keyv';
import type { CacheState } from './app-cache.js';
import { MemorySpace } from './memory-space.js';
import { type RedisClient, RedisLink } from './redis-link.js';
import { MemoryTier, RedisTier } from './tiers.js';

const NAMESPACE = 'tradepost';
const MEMORY_ENTRIES = 20_000;
const MEMORY_BYTES = 48 * 1_048_576;

/** The memory of the process as a store; not serialised: what is put in is given back. */
function memoryStore(): Keyv {
  const store = new MemorySpace(MEMORY_ENTRIES, MEMORY_BYTES);
  return new Keyv({ store, namespace: NAMESPACE, serialize: undefined, deserialize: undefined });
}

async function redisStore(client: RedisClient): Promise<Keyv> {
  const { redisInsStore } = await import('cache-manager-redis-yet');
  // The package types its client with every Redis module; the commands that it uses belong to all clients.
  const redis = redisInsStore(client as unknown as Parameters<typeof redisInsStore>[0]);
  const adapter = new KeyvAdapter(redis as unknown as CacheManagerStore);
  const keyv = new Keyv(adapter, { namespace: NAMESPACE, throwOnErrors: true });
  // Errors are thrown to whoever waits for the answer; as an event without a listener they would end the process.
  keyv.on('error', () => undefined);
  return keyv;
}

/** What cache-manager is made of: memory, and Redis behind it where one is configured. */
export async function createStores(client: RedisClient | undefined): Promise<Keyv[]> {
  return client === undefined ? [memoryStore()] : [memoryStore(), await redisStore(client)];
}

/**
 * The stores of cache-manager, each asked by itself: it takes a store that fails for one that is empty, and serves what
 * it finds first, also where that is too old.
 */
@Injectable()
export class CacheTiers {
  readonly memory: MemoryTier;
  readonly redis: RedisTier | undefined;
  private readonly space: MemorySpace;

  constructor(@Inject(CACHE_MANAGER) cache: Cache, @Inject(RedisLink) link: RedisLink) {
    const [memory, redis] = cache.stores;
    const space: unknown = memory?.opts.store;
    if (memory === undefined || !(space instanceof MemorySpace)) throw new Error('The cache has no memory.');
    this.memory = new MemoryTier(memory);
    this.space = space;
    this.redis = redis && new RedisTier(redis, link);
  }

  get state(): CacheState {
    if (this.redis === undefined) return 'memory';
    return this.redis.up ? 'up' : 'down';
  }

  /** Entries and bytes in memory. */
  get memorySize(): Readonly<Record<string, number>> {
    return this.space.size;
  }
}
