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
    const open = this.opened(key, policy, now);
    if (open !== undefined) {
      open.used += 1;
      return open;
    }
    const started = { used: 1, endsAt: now + policy.windowSeconds * 1_000 };
    this.windows.set(key, started, now);
    return started;
  }

  /** Counts one request where a window is open and has room for it. */
  takeLeft(key: string, policy: RateLimitPolicy, now: number): WindowState | undefined {
    const open = this.opened(key, policy, now);
    if (open === undefined || open.used >= policy.limit) return undefined;
    open.used += 1;
    return open;
  }

  private opened(key: string, policy: RateLimitPolicy, now: number): OpenWindow | undefined {
    const open = this.windows.get(key, now);
    // A clock that was set back must not stretch a window.
    return open !== undefined && open.endsAt - now <= policy.windowSeconds * 1_000 ? open : undefined;
  }

  get size(): number {
    return this.windows.size;
  }
}
