import { Module } from '@nestjs/common';
import { getOptionsToken, getStorageToken, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { RedisLink } from '../cache/redis-link.js';
import { RedisLinkModule } from '../cache/redis-link.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { AttemptLocks } from './attempt-locks.js';
import { LimitStorage } from './limit-storage.js';
import { RateLimits } from './rate-limits.js';
import { RedisScripts } from './redis-scripts.js';

const scripts = {
  provide: RedisScripts,
  inject: [RedisLink],
  useFactory: (link: RedisLink): RedisScripts => new RedisScripts(link),
};

/** What the guard of @nestjs/throttler asks for; ThrottlerModule itself would bring a storage of its own. */
const throttler = [
  {
    provide: getOptionsToken(),
    inject: [RateLimits],
    useFactory: ({ policies: { address } }: RateLimits): ThrottlerModuleOptions => ({
      throttlers: [{ name: address.name, limit: address.limit, ttl: address.windowSeconds * 1_000 }],
    }),
  },
  { provide: getStorageToken(), useClass: LimitStorage },
];

/** How often whom is let in. */
@Module({
  imports: [RedisLinkModule, ObservabilityModule],
  providers: [scripts, RateLimits, AttemptLocks, ...throttler],
  exports: [RateLimits, AttemptLocks, ...throttler],
})
export class RateLimitsModule {}
