import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type CloudEvent, eventSource, toCloudEvent } from './cloud-event.js';
import { OutboxRepository, type PendingEvent } from './outbox.repository.js';

/** Someone who acts on events. */
export interface EventConsumer {
  /** Stable: under this name it is remembered which events were handled. */
  readonly name: string;
  readonly types: readonly string[];
  /** Runs in a transaction that also notes the event as consumed, so it may touch nothing but the database. */
  handle(event: CloudEvent): Promise<void>;
}

/**
 * Someone who acts on many events at once, where one at a time would cost too much. So that many come together, nothing
 * hurries for it: its events wait for the next look of the relay, a second at most.
 */
export interface BatchConsumer {
  readonly name: string;
  wants(type: string): boolean;
  /**
   * Hears of the aggregates that the events are about, each once, in a transaction of its own. What it does must be
   * safe to repeat: after a failure or a crash it hears of the same events again.
   */
  handle(aggregateIds: readonly string[]): Promise<void>;
}

/** Who wants which events, and the one way in which they get them. */
@Injectable()
export class EventConsumers {
  private readonly names = new Set<string>();
  private readonly byType = new Map<string, EventConsumer[]>();
  private readonly batches: BatchConsumer[] = [];
  private readonly source: string;

  constructor(
    @Inject(OutboxRepository) private readonly events: OutboxRepository,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.source = eventSource(config.PUBLIC_URL);
  }

  /**
   * Adds a consumer; modules do so when they are initialised.
   * @throws {Error} where the name is taken
   */
  register(consumer: EventConsumer): void {
    if (this.names.has(consumer.name)) throw new Error(`Two event consumers are called ${consumer.name}.`);
    this.names.add(consumer.name);
    for (const type of new Set(consumer.types)) {
      const others = this.byType.get(type);
      if (others === undefined) this.byType.set(type, [consumer]);
      else others.push(consumer);
    }
  }

  /** @throws {Error} where the name is taken */
  registerBatch(consumer: BatchConsumer): void {
    if (this.names.has(consumer.name)) throw new Error(`Two event consumers are called ${consumer.name}.`);
    this.names.add(consumer.name);
    this.batches.push(consumer);
  }

  /** Whether anybody wants events of a type. */
  wants(type: string): boolean {
    return this.wantsEach(type) || this.batches.some((consumer) => consumer.wants(type));
  }

  /** Whether anybody wants each event of a type by itself, and soon. */
  wantsEach(type: string): boolean {
    return this.byType.has(type);
  }

  /**
   * Gives events to those who take them by the batch.
   * @returns what went wrong, by the ids of the events that have to be delivered again
   */
  async deliverBatch(events: readonly PendingEvent[]): Promise<ReadonlyMap<string, unknown>> {
    const failed = new Map<string, unknown>();
    for (const consumer of this.batches) {
      const wanted = events.filter(({ type }) => consumer.wants(type));
      if (wanted.length === 0) continue;
      const aggregates = [...new Set(wanted.map(({ aggregateId }) => aggregateId))];
      try {
        await this.uow.run(() => consumer.handle(aggregates));
      } catch (error) {
        for (const { id } of wanted) failed.set(id, error);
      }
    }
    return failed;
  }

  /**
   * Gives an event to each of its consumers, in a transaction each. Whoever had it before is left out, so a delivery
   * may be repeated after a failure or a crash.
   */
  async deliver(event: PendingEvent): Promise<void> {
    const envelope = toCloudEvent(event, this.source);
    for (const consumer of this.byType.get(event.type) ?? []) {
      await this.uow.run(async () => {
        const first = await this.events.claim(consumer.name, event.id, this.clock.now());
        if (first) await consumer.handle(envelope);
      });
    }
  }
}
