import type { Keyv } from 'keyv';
import { TOO_LATE, within } from '../../common/within.js';
import type { CacheState } from './app-cache.js';
import { CacheStore, type CacheWrite } from './cache-store.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { RedisLink } from './redis-link.js';

/** An answer that takes longer costs more than it saves. */
const SLOW_MS = 100;
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 1_000;

/** Values in Redis, shared by all processes. */
export class RedisStore extends CacheStore {
  readonly shared = true;
  private readonly breaker = new CircuitBreaker(FAILURES_TO_OPEN, OPEN_MS);

  constructor(
    private readonly keyv: Keyv,
    private readonly link: RedisLink,
  ) {
    super();
  }

  get state(): CacheState {
    return this.link.epoch !== undefined && !this.breaker.open ? 'up' : 'down';
  }

  read(keys: readonly string[]): Promise<readonly unknown[] | undefined> {
    return this.attempt((epoch) => this.keyv.getMany(keys.map((key) => `${epoch}:${key}`)));
  }

  async write(entries: readonly CacheWrite[]): Promise<boolean> {
    const sent = await this.attempt((epoch) =>
      Promise.all(entries.map(({ key, value, ttlMs }) => this.keyv.set(`${epoch}:${key}`, value, ttlMs))),
    );
    return sent?.every(Boolean) ?? false;
  }

  private async attempt<T>(work: (epoch: string) => Promise<T>): Promise<T | undefined> {
    const { epoch } = this.link;
    if (epoch === undefined || !this.breaker.allows(Date.now())) return undefined;
    try {
      const answer = await within(SLOW_MS, work(epoch));
      if (answer !== TOO_LATE) {
        this.breaker.succeeded();
        // What was said across a restart of Redis belongs to no run.
        return this.link.epoch === epoch ? answer : undefined;
      }
    } catch {
      // A refused connection, a full or a read-only Redis: all the same to who wants a value.
    }
    this.breaker.failed(Date.now());
    return undefined;
  }
}
