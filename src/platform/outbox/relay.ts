import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Database } from '../database/database.js';
import { Leadership, type LeaderWork } from '../jobs/leadership.js';
import { queuesByAggregate, retryAt } from './delivery-plan.js';
import { EventConsumers } from './event-consumers.js';
import { type FailedDelivery, OutboxRepository, type PendingEvent } from './outbox.repository.js';
import { OutboxSignal } from './outbox-signal.js';

const BATCH = 500;
/** Aggregates that are delivered side by side, each on a connection of the pool. */
const LANES = 4;
/** A look by itself, in case a signal was lost. */
const POLL_MS = 1_000;
/** Pause after a batch that was not full, so that a busy shop's events come in batches and not one by one. */
const GATHER_MS = 100;

/**
 * Takes committed events to their consumers: at least once each, in order within an aggregate. It runs where the
 * leader is. An event whose consumer fails is tried again later, and holds back the later ones of its aggregate only.
 */
@Injectable()
export class Relay implements LeaderWork, OnModuleInit {
  private readonly logger = new Logger(Relay.name);
  private running = false;
  private woken = false;
  private loop: Promise<void> | undefined;
  private poll: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(OutboxRepository) private readonly events: OutboxRepository,
    @Inject(EventConsumers) private readonly consumers: EventConsumers,
    @Inject(OutboxSignal) private readonly signal: OutboxSignal,
    @Inject(Leadership) private readonly leadership: Leadership,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.leadership.join(this);
  }

  start(): void {
    this.running = true;
    this.signal.attach(() => this.wake());
    this.poll = setInterval(() => this.wake(), POLL_MS).unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.signal.detach();
    clearInterval(this.poll);
    await this.loop;
  }

  private wake(): void {
    this.woken = true;
    // A request that wakes the relay must not lend it its transaction.
    this.loop ??= this.database
      .outside(() => this.work())
      .finally(() => {
        this.loop = undefined;
        if (this.woken && this.running) this.wake();
      });
  }

  private async work(): Promise<void> {
    while (this.woken && this.running) {
      this.woken = false;
      try {
        while (this.running && (await this.pass()) === BATCH);
      } catch (error) {
        this.logger.warn({ err: error }, 'Events could not be relayed; trying again.');
      }
      await delay(GATHER_MS, undefined, { ref: false });
    }
  }

  /** Delivers one batch and marks what became of it; gives the number of events that it looked at. */
  private async pass(): Promise<number> {
    const batch = await this.events.pending(this.clock.now(), BATCH);
    const failures: FailedDelivery[] = [];
    const done: string[] = [];
    // The lanes share one iterator: each takes the next queue that nobody has taken.
    const queues = queuesByAggregate(batch).values();
    const refused = await this.consumers.deliverBatch(batch);
    const lane = async (): Promise<void> => {
      for (const queue of queues) await this.deliver(queue, refused, done, failures);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    await this.events.markPublished(done, this.clock.now());
    await this.events.markFailed(failures);
    return batch.length;
  }

  /** Works one aggregate's queue off, up to the first event that fails. */
  private async deliver(
    queue: readonly PendingEvent[],
    refused: ReadonlyMap<string, unknown>,
    done: string[],
    failures: FailedDelivery[],
  ): Promise<void> {
    for (const event of queue) {
      if (!this.running) return;
      try {
        if (refused.has(event.id)) throw refused.get(event.id);
        if (this.consumers.wants(event.type)) await this.consumers.deliver(event);
        done.push(event.id);
      } catch (error) {
        const retry = retryAt(this.clock.now(), event.attempts);
        failures.push({ id: event.id, retryAt: retry });
        const { id: eventId, type, attempts } = event;
        this.logger.error({ err: error, eventId, type, attempts: attempts + 1, retry }, 'An event was not consumed.');
        return;
      }
    }
  }
}
