import { Inject, Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RateLimits } from './rate-limits.js';

type Hit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Has the guard of @nestjs/throttler count where everything else does. Its times to expire are in seconds. */
@Injectable()
export class LimitStorage implements ThrottlerStorage {
  constructor(@Inject(RateLimits) private readonly limits: RateLimits) {}

  async increment(key: string, ttl: number, limit: number, _blockDuration: number, name: string): Promise<Hit> {
    const policy = { name, limit, windowSeconds: ttl / 1_000 };
    const { allowed, remaining, resetSeconds } = await this.limits.take(policy, [key]);
    return {
      totalHits: limit - remaining,
      timeToExpire: resetSeconds,
      isBlocked: !allowed,
      timeToBlockExpire: allowed ? 0 : resetSeconds,
    };
  }
}
