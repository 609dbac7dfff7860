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

/** Who wants which events, and the one way in which they get them. */
@Injectable()
export class EventConsumers {
  private readonly names = new Set<string>();
  private readonly byType = new Map<string, EventConsumer[]>();
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

  wants(type: string): boolean {
    return this.byType.has(type);
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
