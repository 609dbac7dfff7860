import { ExpiringMap } from './expiring-map.js';
import type { RateLimitPolicy } from './rate-limit-policy.js';

/** A window after one more request; there are too many when `used` is above the limit. */
export interface WindowState {
  readonly used: number;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

interface OpenWindow {
  used: number;
  readonly endsAt: number;
}

/** Counts requests in the memory of this process. */
export class FixedWindows {
  private readonly windows: ExpiringMap<OpenWindow>;

  constructor(mostKeys: number) {
    this.windows = new ExpiringMap(mostKeys);
  }

  /** Counts one request. */
  take(key: string, policy: RateLimitPolicy, now: number): WindowState {
    const windowMs = policy.windowSeconds * 1_000;
    const open = this.windows.get(key, now);
    // A clock that was set back must not stretch a window.
    if (open !== undefined && open.endsAt - now <= windowMs) {
      open.used += 1;
      return open;
    }
    const started = { used: 1, endsAt: now + windowMs };
    this.windows.set(key, started, now);
    return started;
  }

  /** Counts one request where a window is open and has room for it. */
  takeLeft(key: string, policy: RateLimitPolicy, now: number): WindowState | undefined {
    const open = this.windows.get(key, now);
    return open !== undefined && open.used < policy.limit ? this.take(key, policy, now) : undefined;
  }

  get size(): number {
    return this.windows.size;
  }
}
