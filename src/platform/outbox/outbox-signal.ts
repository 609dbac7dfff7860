import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { PgListener } from '../database/listener.js';
import { OutboxRepository } from './outbox.repository.js';

const CHANNEL = 'tradepost_outbox';

/** At most one NOTIFY of a process in this time: each takes a lock that all committing notifiers share. */
const NOTIFY_EVERY_MS = 50;

/**
 * Wakes the relay after a commit. Where it runs in this process, directly; else with a NOTIFY of its own, never in
 * the transaction that wrote the event, whose commit would then wait for every other one that notifies. A signal that
 * gets lost costs a second at most: the relay also looks by itself.
 */
@Injectable()
export class OutboxSignal implements OnModuleInit {
  private readonly logger = new Logger(OutboxSignal.name);
  private wakeLocal: (() => void) | undefined;
  private notifiedAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(OutboxRepository) private readonly events: OutboxRepository,
    @Inject(PgListener) private readonly listener: PgListener,
  ) {}

  onModuleInit(): void {
    this.listener.on(CHANNEL, () => this.wakeLocal?.());
  }

  /** Names the relay of this process, while it runs. */
  attach(wake: () => void): void {
    this.wakeLocal = wake;
  }

  detach(): void {
    this.wakeLocal = undefined;
  }

  /** Whether the relay runs in this process. */
  get attached(): boolean {
    return this.wakeLocal !== undefined;
  }

  /** Says that events were committed that somebody wants soon. */
  raise(): void {
    if (this.wakeLocal !== undefined) this.wakeLocal();
    else if (this.timer === undefined) this.notifySoon();
  }

  private notifySoon(): void {
    const wait = this.notifiedAt + NOTIFY_EVERY_MS - Date.now();
    if (wait <= 0) this.notify();
    else this.timer = setTimeout(() => this.notify(), wait).unref();
  }

  private notify(): void {
    this.timer = undefined;
    this.notifiedAt = Date.now();
    this.database
      .outside(() => this.events.notify())
      .catch((error: unknown) => this.logger.debug({ err: error }, 'The relay could not be notified.'));
  }
}
