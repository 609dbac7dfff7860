import { CACHE_MANAGER, CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { type Cache, type CacheManagerStore, KeyvAdapter } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import { Keyv } from 'keyv';
import { Coherence } from '../coherence/coherence.js';
import { CoherenceModule } from '../coherence/coherence.module.js';
import { PgListener } from '../database/listener.js';
import { ListenerModule } from '../database/listener.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { AppCache } from './app-cache.js';
import { CacheStore } from './cache-store.js';
import { InvalidationChannel } from './invalidation-channel.js';
import { LruMap } from './lru-map.js';
import { MemoryStore } from './memory-store.js';
import { type RedisClient, RedisLink } from './redis-link.js';
import { RedisLinkModule } from './redis-link.module.js';
import { RedisStore } from './redis-store.js';
import { TaggedCache } from './tagged-cache.js';

const NAMESPACE = 'tradepost';
/** Values and generations that one process keeps without Redis. */
const MEMORY_ENTRIES = 20_000;

function createStore(client: RedisClient | undefined): Keyv {
  if (client === undefined) {
    // Not serialised: Buffers are served as they were put in.
    const store = new LruMap<unknown>(MEMORY_ENTRIES);
    return new Keyv({ store, namespace: NAMESPACE, serialize: undefined, deserialize: undefined });
  }
  // The package types its client with every Redis module; the commands that it uses belong to all clients.
  const redis = redisInsStore(client as unknown as Parameters<typeof redisInsStore>[0]);
  const adapter = new KeyvAdapter(redis as unknown as CacheManagerStore);
  const keyv = new Keyv(adapter, { namespace: NAMESPACE, throwOnErrors: true });
  // Errors are thrown to whoever waits for the answer; as an event without a listener they would end the process.
  keyv.on('error', () => undefined);
  return keyv;
}

/** cache-manager takes a store that fails for one that is empty, so its store is asked directly. */
function storeOf(cache: Cache): Keyv {
  const [keyv] = cache.stores;
  if (keyv === undefined) throw new Error('The cache has no store.');
  return keyv;
}

/** The cache of answers: in Redis where one is configured, else in the memory of the process. */
@Module({
  imports: [
    CoherenceModule,
    ListenerModule,
    ObservabilityModule,
    RedisLinkModule,
    NestCacheModule.registerAsync({
      imports: [RedisLinkModule],
      inject: [RedisLink],
      useFactory: (link: RedisLink) => ({ stores: createStore(link.client) }),
    }),
  ],
  providers: [
    InvalidationChannel,
    {
      provide: CacheStore,
      inject: [CACHE_MANAGER, RedisLink, PgListener, Coherence],
      useFactory: (cache: Cache, link: RedisLink, listener: PgListener, coherence: Coherence): CacheStore =>
        link.client === undefined
          ? new MemoryStore(storeOf(cache), listener, coherence)
          : new RedisStore(storeOf(cache), link),
    },
    { provide: AppCache, useClass: TaggedCache },
  ],
  exports: [AppCache],
})
export class CacheModule {}
