import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Coherence } from '../coherence/coherence.js';
import type { Snapshot } from '../coherence/snapshot.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Metrics } from '../observability/metrics.js';
import { AppCache, type Cached, type CachePlan, type CacheState } from './app-cache.js';
import { CacheTiers } from './cache-tiers.js';
import { Flights } from './flights.js';
import type { Entry, Tier } from './tiers.js';

/** Part of a lifetime by which two of them may differ. */
const SPREAD = 0.1;

interface Filling {
  readonly snapshot: Snapshot | undefined;
  readonly text: Promise<string>;
}

/**
 * The cache of finished texts. Each carries the snapshot from before it was read, so this process can tell by itself
 * whether it shows all that it has to, and no tier has to be told of changes, or trusted.
 */
@Injectable()
export class TieredCache extends AppCache implements OnModuleInit {
  private readonly logger = new Logger(TieredCache.name);
  private readonly flights = new Flights();
  private readonly fillings = new Map<string, Filling>();
  private readonly reads = { hit_memory: 0, hit_redis: 0, miss: 0, bypass: 0 };
  private readonly invalidations: Record<string, number> = {};

  constructor(
    @Inject(CacheTiers) private readonly tiers: CacheTiers,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Coherence) private readonly coherence: Coherence,
  ) {
    super();
  }

  onModuleInit(): void {
    const help = 'Reads from the cache, and where they were answered; bypass: what is kept could not be judged.';
    this.metrics.counters('cache_reads_total', help, 'result', () => ({ ...this.reads }));
    const told = 'Changes that this process has made to what cached answers are made of.';
    this.metrics.counters('cache_invalidations_total', told, 'tag', () => ({ ...this.invalidations }));
    this.metrics.gauges('cache_memory', 'What the cache keeps in memory.', 'of', () => this.tiers.memorySize);
  }

  get state(): CacheState {
    return this.tiers.state;
  }

  async wrap(plan: CachePlan, fill: () => Promise<string>): Promise<Cached> {
    if (this.uow.active) return this.bypass(plan, fill);
    const { key, tags } = plan;
    const isFresh = tags.length === 0 || this.coherence.freshFor(tags);
    if (!(isFresh === true || (await isFresh))) {
      return this.bypass(plan, () => this.flights.shareFresh(key, fill));
    }
    const found = await this.find(plan);
    if (found !== undefined) return { text: found.text, cache: 'HIT' };
    this.reads.miss += 1;
    this.logger.debug({ key }, 'Cache miss.');
    return { text: await this.fill(plan, fill), cache: 'MISS' };
  }

  async invalidate(tags: readonly string[]): Promise<void> {
    for (const tag of tags) {
      const [group = tag] = tag.split(':', 1);
      this.invalidations[group] = (this.invalidations[group] ?? 0) + 1;
    }
    this.logger.debug({ tags }, 'Cache invalidated.');
    await this.coherence.announce(tags.map((id) => ({ kind: 'tag', id })));
  }

  invalidateAfterCommit(tags: readonly string[]): void {
    this.uow.afterCommit(() => this.invalidate(tags));
  }

  private async bypass({ key }: CachePlan, read: () => Promise<string>): Promise<Cached> {
    this.reads.bypass += 1;
    this.logger.debug({ key }, 'Cache bypassed.');
    return { text: await read(), cache: 'MISS' };
  }

  private async find(plan: CachePlan): Promise<Entry | undefined> {
    const { memory, redis } = this.tiers;
    const near = await this.look(memory, plan);
    if (near !== undefined) {
      this.hit('memory', plan);
      return near;
    }
    const far = redis && (await this.look(redis, plan));
    if (far === undefined) return undefined;
    this.hit('redis', plan);
    await memory.set(this.nameOf(plan), far, far.expiresAt - this.now());
    return far;
  }

  private async look(tier: Tier, plan: CachePlan): Promise<Entry | undefined> {
    const entry = await tier.get(this.nameOf(plan));
    return entry !== undefined && entry.expiresAt > this.now() && this.allows(entry.snapshot, plan) ? entry : undefined;
  }

  private hit(where: 'memory' | 'redis', { key }: CachePlan): void {
    this.reads[`hit_${where}`] += 1;
    this.logger.debug({ key, where }, 'Cache hit.');
  }

  /** Joins a reading that began after all that is known by now, or starts one. */
  private fill(plan: CachePlan, fill: () => Promise<string>): Promise<string> {
    const running = this.fillings.get(plan.key);
    if (running !== undefined && this.allows(running.snapshot, plan)) return running.text;
    // Before the reading: what it shows is at least that.
    const snapshot = plan.tags.length === 0 ? undefined : this.coherence.snapshot;
    const text = this.read(plan, snapshot, fill).finally(() => {
      if (this.fillings.get(plan.key)?.text === text) this.fillings.delete(plan.key);
    });
    this.fillings.set(plan.key, { snapshot, text });
    return text;
  }

  private async read(plan: CachePlan, snapshot: Snapshot | undefined, fill: () => Promise<string>): Promise<string> {
    const name = this.nameOf(plan);
    const text = await fill();
    if (plan.tags.length > 0 && snapshot === undefined) return text;
    const ttlMs = Math.ceil(plan.ttl * 1_000 * (1 - SPREAD * Math.random()));
    const entry = { text, snapshot, expiresAt: this.now() + ttlMs };
    await this.tiers.memory.set(name, entry, ttlMs);
    // Nobody waits for Redis to have it.
    void this.tiers.redis?.set(name, entry, ttlMs);
    return text;
  }

  private allows(snapshot: Snapshot | undefined, { tags }: CachePlan): boolean {
    return tags.length === 0 || (snapshot !== undefined && this.coherence.shows(snapshot, tags));
  }

  private nameOf({ key }: CachePlan): string {
    return `${this.coherence.source}:${key}`;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
