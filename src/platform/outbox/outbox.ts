import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { EventConsumers } from './event-consumers.js';
import { OutboxRepository, type OutboxRow } from './outbox.repository.js';
import { OutboxSignal } from './outbox-signal.js';

/** Something that happened to an aggregate; `data` is what JSON can carry. */
export interface DomainEvent {
  readonly type: string;
  readonly aggregateId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where modules leave their events: they are committed with their cause, and relayed after it. */
@Injectable()
export class Outbox {
  constructor(
    @Inject(OutboxRepository) private readonly events: OutboxRepository,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(OutboxSignal) private readonly signal: OutboxSignal,
    @Inject(EventConsumers) private readonly consumers: EventConsumers,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Writes an event in the transaction of this context.
   * @throws {Error} outside a transaction: the event could stand without its cause
   */
  async append(event: DomainEvent): Promise<void> {
    if (!this.uow.active) throw new Error(`The event ${event.type} was appended outside a transaction.`);
    await this.events.append(this.rowOf(event));
    this.uow.afterCommit(() => this.wake(event.type));
  }

  /**
   * Writes many events at once in the transaction of this context, in their order.
   * @throws {Error} outside a transaction
   */
  async appendAll(events: readonly DomainEvent[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    if (!this.uow.active) throw new Error(`The event ${first.type} was appended outside a transaction.`);
    await this.events.appendAll(events.map((event) => this.rowOf(event)));
    this.uow.afterCommit(() => this.wake(...new Set(events.map(({ type }) => type))));
  }

  /** Column values of an event, for a statement that inserts it itself; {@link wake} is due after its commit. */
  rowOf(event: DomainEvent): OutboxRow {
    return {
      id: newId(),
      type: event.type,
      aggregateId: event.aggregateId,
      data: JSON.stringify(event.data),
      occurredAt: this.clock.now(),
    };
  }

  /**
   * Whether the relay would do nothing with events of a type but mark them as published: it runs in this process, and
   * nobody here consumes them. Who inserts them by the thousand may do that at once.
   */
  passesOver(type: string): boolean {
    return this.signal.attached && !this.consumers.wants(type);
  }

  /** Says that a statement which may have inserted events of these types itself has committed. */
  wake(...types: readonly string[]): void {
    if (types.some((type) => this.consumers.wantsEach(type))) this.signal.raise();
  }
}
