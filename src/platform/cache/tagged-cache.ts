import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { Coherence } from '../coherence/coherence.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Metrics } from '../observability/metrics.js';
import { AppCache, type CacheState, EVERYTHING } from './app-cache.js';
import { CacheStore } from './cache-store.js';
import { Flights } from './flights.js';
import { InvalidationChannel } from './invalidation-channel.js';

/** Longer than any value lives, so that a generation that has expired leaves no value behind. */
const GENERATION_MS = 48 * 3_600_000;
const RETRY_MS = 250;
/** More tags than this at once are ended by ending everything, which costs less than to name them. */
const MOST_TAGS = 500;

/** A value, and what must still be so for it to be served. */
interface Entry {
  readonly value: string | Buffer;
  /** Generations of its tags when its fill began. */
  readonly generations: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface Found {
  readonly value: string | Buffer | undefined;
  readonly generations: readonly string[];
}

const valueKey = (key: string): string => `value:${key}`;
const generationKey = (tag: string): string => `tag:${tag}`;

/**
 * The cache of answers. Each tag has a generation, a random name that invalidation replaces: it costs the same however
 * many values carry the tag, and ends a value also if it is written only afterwards, by a fill that began before.
 */
@Injectable()
export class TaggedCache extends AppCache implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(TaggedCache.name);
  private readonly flights = new Flights();
  private readonly counts = { hit: 0, miss: 0, bypass: 0 };
  /**
   * Tags whose invalidation the store has not taken yet, each with the attempt that tried last: nothing that carries
   * them is served.
   */
  private readonly unsettled = new Map<string, symbol>();
  private retry: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CacheStore) private readonly store: CacheStore,
    @Inject(InvalidationChannel) private readonly channel: InvalidationChannel,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Coherence) private readonly coherence: Coherence,
  ) {
    super();
  }

  onModuleInit(): void {
    this.channel.onTags((tags) => void this.renew(tags));
    const help = 'Reads from the cache; bypass: it was away or might not be trusted.';
    this.metrics.counters('cache_reads_total', help, 'result', () => ({ ...this.counts }));
  }

  onModuleDestroy(): void {
    clearTimeout(this.retry);
  }

  get state(): CacheState {
    return this.store.state;
  }

  async wrap<T extends string | Buffer>(
    key: string,
    ttlSeconds: number,
    tags: readonly string[],
    fill: () => Promise<T>,
  ): Promise<T> {
    if (this.uow.active) return fill();
    const found = await this.find(key, [EVERYTHING, ...tags]);
    if (found === undefined) {
      this.counts.bypass += 1;
      return this.flights.shareFresh(key, fill);
    }
    const { value, generations } = found;
    if (value !== undefined) {
      this.counts.hit += 1;
      this.logger.debug({ key }, 'Cache hit.');
      return value as T;
    }
    this.counts.miss += 1;
    this.logger.debug({ key }, 'Cache miss.');
    // Who asks after an invalidation sees other generations, and so does not join a fill from before it.
    return this.flights.share(`value ${key} ${generations.join(' ')}`, async () => {
      const filled = await fill();
      const expiresAt = this.clock.now().getTime() + ttlSeconds * 1_000;
      const entry: Entry = { value: filled, generations, expiresAt };
      await this.store.write([{ key: valueKey(key), value: entry, ttlMs: ttlSeconds * 1_000 }]);
      return filled;
    });
  }

  async invalidate(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return;
    const ended = tags.length > MOST_TAGS ? [EVERYTHING] : tags;
    this.logger.debug({ tags: ended }, 'Cache invalidated.');
    const settled = await this.renew(ended);
    // Nobody else keeps anything, so a sale of a lone process sends no statement for what it ends.
    if (!settled || !(this.store.shared || this.coherence.alone)) this.channel.send(ended);
  }

  /** Looks a value up together with its tags' generations, which are made where there are none. */
  private async find(key: string, tags: readonly string[]): Promise<Found | undefined> {
    if (tags.some((tag) => this.unsettled.has(tag))) return undefined;
    const answer = await this.store.read([valueKey(key), ...tags.map(generationKey)]);
    if (answer === undefined) return undefined;
    const [entry, ...names] = answer;
    const missing = tags.filter((_, index) => typeof names[index] !== 'string');
    if (missing.length > 0) {
      // All who find them missing at once share one making: each other's would end what the rest are filling.
      const made = await this.flights.share(`tags ${missing.join(' ')}`, () => this.makeGenerations(missing));
      if (made === undefined) return undefined;
      const generations = tags.map((tag, index) => made.get(tag) ?? String(names[index]));
      return { value: undefined, generations };
    }
    const generations = names.map(String);
    return { value: this.valid(entry as Entry | undefined, generations), generations };
  }

  private valid(entry: Entry | undefined, generations: readonly string[]): string | Buffer | undefined {
    if (entry === undefined || entry.expiresAt <= this.clock.now().getTime()) return undefined;
    if (entry.generations.length !== generations.length) return undefined;
    return entry.generations.every((name, index) => name === generations[index]) ? entry.value : undefined;
  }

  private async makeGenerations(tags: readonly string[]): Promise<Map<string, string> | undefined> {
    const made = new Map(tags.map((tag) => [tag, newId()]));
    const writes = [...made].map(([tag, value]) => ({ key: generationKey(tag), value, ttlMs: GENERATION_MS }));
    return (await this.store.write(writes)) ? made : undefined;
  }

  /** Gives tags new generations; keeps trying, and serves nothing that carries them, until the store has taken them. */
  private async renew(tags: readonly string[]): Promise<boolean> {
    const attempt = Symbol('attempt');
    for (const tag of tags) this.unsettled.set(tag, attempt);
    if ((await this.makeGenerations(tags)) === undefined) {
      this.retry ??= setTimeout(() => this.settle(), RETRY_MS).unref();
      return false;
    }
    // A later attempt stands for a later change, which this one may have come too early for.
    for (const tag of tags) if (this.unsettled.get(tag) === attempt) this.unsettled.delete(tag);
    return true;
  }

  private settle(): void {
    this.retry = undefined;
    const tags = [...this.unsettled.keys()];
    if (tags.length > MOST_TAGS) this.unsettled.clear();
    if (tags.length > 0) void this.renew(tags.length > MOST_TAGS ? [EVERYTHING] : tags);
  }
}
