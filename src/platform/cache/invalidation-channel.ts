import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { Database } from '../database/database.js';
import { PgListener } from '../database/listener.js';
import { statement } from '../database/statement.js';
import { EVERYTHING } from './app-cache.js';

const CHANNEL = 'tradepost_cache';
const NOTIFY = statement('cache.notify', "SELECT pg_notify('tradepost_cache', $1)");
/** PostgreSQL takes payloads of less than 8,000 bytes. */
const MOST_BYTES = 7_500;
const RETRY_MS = 200;
/** More tags than this are told as one: everything. */
const MOST_WAITING = 5_000;
/** Attempts that a process makes while it stops; afterwards its listeners have been told nothing. */
const LAST_ATTEMPTS = 5;

type TagsHandler = (tags: readonly string[]) => void;

/**
 * Tells other processes which tags were invalidated, through PostgreSQL. Tags that are named while a message is under
 * way go into the next one, so that a busy process sends one after another and not one a change.
 */
@Injectable()
export class InvalidationChannel implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(InvalidationChannel.name);
  /** Leaves out what this process itself has said. */
  private readonly origin = newId();
  private readonly waiting = new Set<string>();
  private sending: Promise<void> | undefined;
  private attemptsLeft = Number.POSITIVE_INFINITY;
  private handler: TagsHandler | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PgListener) private readonly listener: PgListener,
  ) {}

  onModuleInit(): void {
    this.listener.on(CHANNEL, (payload) => this.receive(payload));
  }

  /** Names who is told what other processes have invalidated. */
  onTags(handler: TagsHandler): void {
    this.handler = handler;
  }

  /** Sends tags soon, and again until PostgreSQL has taken them. Waits for nothing. */
  send(tags: readonly string[]): void {
    for (const tag of tags) this.waiting.add(tag);
    if (this.waiting.size > MOST_WAITING) {
      this.waiting.clear();
      this.waiting.add(EVERYTHING);
    }
    // In no transaction: the hooks of one that has committed still hold its connection.
    this.sending ??= this.database
      .outside(() => this.drain())
      .finally(() => {
        this.sending = undefined;
      });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.attemptsLeft = LAST_ATTEMPTS;
    await this.sending;
  }

  private async drain(): Promise<void> {
    while (this.waiting.size > 0 && this.attemptsLeft > 0) {
      const payload = this.nextPayload();
      try {
        await this.database.run(NOTIFY, [payload.text]);
        this.logger.debug({ tags: payload.tags.length }, 'Told other processes what is invalid.');
      } catch (error) {
        this.attemptsLeft -= 1;
        for (const tag of payload.tags) this.waiting.add(tag);
        this.logger.debug({ err: error }, 'Other processes could not be told what is invalid; trying again.');
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private nextPayload(): { text: string; tags: string[] } {
    const tags: string[] = [];
    let bytes = this.origin.length + 3;
    for (const tag of this.waiting) {
      const size = Buffer.byteLength(JSON.stringify(tag)) + 1;
      if (tags.length > 0 && bytes + size > MOST_BYTES) break;
      bytes += size;
      tags.push(tag);
      this.waiting.delete(tag);
    }
    return { text: `${this.origin} ${JSON.stringify(tags)}`, tags };
  }

  private receive(payload: string): void {
    const [origin, json] = [payload.slice(0, this.origin.length), payload.slice(this.origin.length + 1)];
    if (origin === this.origin) return;
    const tags: unknown = JSON.parse(json);
    if (Array.isArray(tags)) this.handler?.(tags.filter((tag) => typeof tag === 'string'));
  }
}
