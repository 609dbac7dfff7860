import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Metrics } from '../observability/metrics.js';
import { FixedWindows, type WindowState } from './fixed-windows.js';
import { policiesOf, type RateLimitPolicies, type RateLimitPolicy, type Verdict } from './rate-limit-policy.js';
import { RedisScripts } from './redis-scripts.js';
import { SharedWindows } from './shared-windows.js';

/** Keys that one process counts by; beyond them the oldest windows are forgotten. */
const MOST_KEYS = 50_000;

/**
 * Counts requests by account and address: in Redis, for all replicas together, where one is configured and answers,
 * otherwise each process for itself.
 */
@Injectable()
export class RateLimits implements OnModuleInit {
  readonly enabled: boolean;
  readonly policies: RateLimitPolicies;
  private readonly memory = new FixedWindows(MOST_KEYS);
  private readonly shared: SharedWindows | undefined;
  private readonly refused: Record<string, number> = {};

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(RedisScripts) scripts: RedisScripts,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    this.enabled = config.RATE_LIMIT_ENABLED;
    this.policies = policiesOf(config);
    if (scripts.configured) this.shared = new SharedWindows(scripts, () => this.now(), MOST_KEYS);
  }

  onModuleInit(): void {
    const help = 'Requests that a rate limit refused.';
    this.metrics.counters('rate_limited_total', help, 'policy', () => this.refused);
  }

  /**
   * Counts a request under each of the keys, and tells the tightest verdict; at a refusal the keys after it are not
   * counted. Where limits are off everything is allowed. Never fails.
   * @param keys whom the policy limits, for example `user:<id>` or `address:<ip>`; at least one
   */
  async take(policy: RateLimitPolicy, keys: readonly string[]): Promise<Verdict> {
    let tightest = this.untouched(policy);
    if (!this.enabled) return tightest;
    for (const key of keys) {
      const id = `${policy.name}:${key}`;
      const shared = this.shared === undefined ? undefined : await this.shared.take(id, policy);
      const now = this.now();
      const verdict = this.judge(policy, shared ?? this.memory.take(id, policy, now), now);
      if (!verdict.allowed) return verdict;
      if (tightest.remaining >= verdict.remaining) tightest = verdict;
    }
    return tightest;
  }

  /**
   * Counts a request under a key where that takes no waiting; undefined, and not counted, where the request has to be
   * refused or Redis to be asked first. To be called where limits are on.
   */
  takeNow(policy: RateLimitPolicy, key: string): Verdict | undefined {
    const id = `${policy.name}:${key}`;
    const now = this.now();
    const state = this.shared === undefined ? this.memory.takeLeft(id, policy, now) : this.shared.takeLeft(id, now);
    return state === undefined ? undefined : this.judge(policy, state, now);
  }

  private judge(policy: RateLimitPolicy, { used, endsAt }: WindowState, now: number): Verdict {
    const allowed = used <= policy.limit;
    if (!allowed) this.refused[policy.name] = (this.refused[policy.name] ?? 0) + 1;
    return {
      policy,
      allowed,
      remaining: Math.max(0, policy.limit - used),
      resetSeconds: Math.max(1, Math.ceil((endsAt - now) / 1_000)),
    };
  }

  private untouched(policy: RateLimitPolicy): Verdict {
    return { policy, allowed: true, remaining: policy.limit, resetSeconds: policy.windowSeconds };
  }

  private now(): number {
    return this.clock.milliseconds();
  }
}
