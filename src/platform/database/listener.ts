import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from './database.js';
import { type Session, StandingSession } from './standing-session.js';

type MessageHandler = (payload: string) => void;

/**
 * Hears what other processes say through PostgreSQL's NOTIFY, on one connection of its own. Messages that are sent
 * while that connection is away are lost.
 */
@Injectable()
export class PgListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PgListener.name);
  private readonly channels = new Map<string, MessageHandler[]>();
  private readonly atListening: (() => void)[] = [];
  private readonly session: StandingSession;
  private listening = false;

  constructor(@Inject(Database) database: Database) {
    this.session = new StandingSession(database.url, 'tradepost listener', {
      opened: (client) => this.listen(client),
      lost: () => this.lost(),
    });
  }

  /** Hears a channel. Channels are named before the application has started. */
  on(channel: string, handler: MessageHandler): void {
    const handlers = this.channels.get(channel);
    if (handlers === undefined) this.channels.set(channel, [handler]);
    else handlers.push(handler);
  }

  /** Told whenever it listens again: what was said in between has to be asked for. */
  whenListening(handler: () => void): void {
    this.atListening.push(handler);
  }

  onApplicationBootstrap(): void {
    if (this.channels.size > 0) this.session.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.listening = false;
    await this.session.stop();
  }

  private async listen(client: Session): Promise<void> {
    client.on('notification', ({ channel, payload }) => this.deliver(channel, payload ?? ''));
    for (const channel of this.channels.keys()) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    this.listening = true;
    this.logger.debug('Listening to PostgreSQL.');
    for (const handler of this.atListening) handler();
  }

  private deliver(channel: string, payload: string): void {
    for (const handler of this.channels.get(channel) ?? []) {
      try {
        handler(payload);
      } catch (error) {
        this.logger.error({ err: error, channel }, 'A notification could not be handled.');
      }
    }
  }

  private lost(): void {
    if (!this.listening) return;
    this.listening = false;
    this.logger.warn('The listening connection to PostgreSQL broke; connecting again.');
  }
}
