import { CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { CoherenceModule } from '../coherence/coherence.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { AppCache } from './app-cache.js';
import { CacheTiers, createStores } from './cache-tiers.js';
import { RedisLink } from './redis-link.js';
import { RedisLinkModule } from './redis-link.module.js';
import { TieredCache } from './tiered-cache.js';

/** The cache of answers: in the memory of the process, and in Redis behind it where one is configured. */
@Module({
  imports: [
    CoherenceModule,
    ObservabilityModule,
    RedisLinkModule,
    NestCacheModule.registerAsync({
      imports: [RedisLinkModule],
      inject: [RedisLink],
      useFactory: async (link: RedisLink) => ({ stores: await createStores(link.client) }),
    }),
  ],
  providers: [CacheTiers, { provide: AppCache, useClass: TieredCache }],
  exports: [AppCache],
})
export class CacheModule {}
