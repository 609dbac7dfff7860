import { ExpiringMap } from './expiring-map.js';
import type { WindowState } from './fixed-windows.js';
import type { RateLimitPolicy } from './rate-limit-policy.js';
import { RedisScript, type RedisScripts } from './redis-scripts.js';

/** Part of a large limit that a replica draws at a time; of a smaller one it asks for each request. */
const SHARE = 1 / 20;
const SMALLEST_SHARED_LIMIT = 200;

// Takes as many as there are, at most those that are wanted. Answers: taken, taken of the window in all, its rest in ms.
const DRAW = new RedisScript(`
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local taken = math.max(0, math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - used))
if taken > 0 then used = redis.call('INCRBY', KEYS[1], taken) end
local rest = redis.call('PTTL', KEYS[1])
if rest < 0 then
  rest = tonumber(ARGV[3])
  redis.call('PEXPIRE', KEYS[1], rest)
end
return { taken, used, rest }
`);

/** What this replica may still let through of a window. */
interface Lease {
  left: number;
  /** Drawn by all replicas together. */
  drawn: number;
  /** Whether the window has nothing more to give. */
  spent: boolean;
  readonly endsAt: number;
}

/**
 * Counts requests in Redis, for all replicas together. Of a large limit a replica draws a twentieth at a time, so that
 * not every request waits for Redis. The limit is never exceeded; what a replica has drawn and not used is lost.
 */
export class SharedWindows {
  private readonly leases: ExpiringMap<Lease>;
  private readonly drawing = new Map<string, Promise<Lease | undefined>>();

  constructor(
    private readonly scripts: RedisScripts,
    private readonly now: () => number,
    mostKeys: number,
  ) {
    this.leases = new ExpiringMap(mostKeys);
  }

  /** Counts one request against what this replica has drawn already. */
  takeLeft(key: string, now: number): WindowState | undefined {
    const lease = this.leases.get(key, now);
    if (lease === undefined || lease.left === 0) return undefined;
    lease.left -= 1;
    return { used: lease.drawn - lease.left, endsAt: lease.endsAt };
  }

  /** Counts one request; undefined while Redis is away. */
  async take(key: string, policy: RateLimitPolicy): Promise<WindowState | undefined> {
    for (;;) {
      const now = this.now();
      const left = this.takeLeft(key, now);
      if (left !== undefined) return left;
      const lease = this.leases.get(key, now);
      if (lease?.spent === true) return { used: policy.limit + 1, endsAt: lease.endsAt };
      if ((await this.draw(key, policy)) === undefined) return undefined;
    }
  }

  /** Requests that wait at the same time draw once. */
  private draw(key: string, policy: RateLimitPolicy): Promise<Lease | undefined> {
    const underWay = this.drawing.get(key);
    if (underWay !== undefined) return underWay;
    const drawing = this.ask(key, policy).finally(() => this.drawing.delete(key));
    this.drawing.set(key, drawing);
    return drawing;
  }

  private async ask(key: string, { limit, windowSeconds }: RateLimitPolicy): Promise<Lease | undefined> {
    const wanted = limit < SMALLEST_SHARED_LIMIT ? 1 : Math.floor(limit * SHARE);
    const answer = await this.scripts.run(DRAW, key, [wanted, limit, windowSeconds * 1_000]);
    if (answer === undefined) return undefined;
    const [taken = 0, drawn = 0, rest = 0] = answer;
    const now = this.now();
    const lease = { left: taken, drawn, spent: taken === 0, endsAt: now + Math.max(rest, 1) };
    this.leases.set(key, lease, now);
    return lease;
  }
}
