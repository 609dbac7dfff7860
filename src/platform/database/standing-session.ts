import pg from 'pg';

/** A dedicated connection. */
export type Session = pg.Client;

/** What is done with a dedicated connection. */
export interface SessionOwner {
  /** Prepares each new connection, for example with LISTEN; where it fails, another connection is tried. */
  opened(client: Session): Promise<void>;
  /** Told once for every connection that had been opened and is gone. */
  lost(): void;
}

export interface SessionTiming {
  /** Milliseconds between two looks at whether the other side still answers; 0 where the owner looks by itself. */
  readonly heartbeatMs: number;
  /** Milliseconds before the first and the longest wait between attempts to connect. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
}

export const SESSION_TIMING: SessionTiming = { heartbeatMs: 5_000, retryMs: 100, longestRetryMs: 3_000 };

/** An answer that takes longer counts as a broken connection. */
const ANSWER_TIMEOUT_MS = 3_000;

/**
 * One connection to PostgreSQL outside the pool, for what belongs to a session: LISTEN, advisory locks. It is opened
 * again, with growing pauses, whenever it breaks, and asked from time to time whether it is still alive, since a
 * network that drops packets closes nothing.
 */
export class StandingSession {
  private client: pg.Client | undefined;
  private opened = false;
  private started = false;
  private retry: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private pause: number;

  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly owner: SessionOwner,
    private readonly timing: SessionTiming = SESSION_TIMING,
  ) {
    this.pause = timing.retryMs;
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    void this.open();
  }

  /** Closes the connection for good, which gives back whatever its session held. */
  async stop(): Promise<void> {
    this.started = false;
    clearTimeout(this.retry);
    const client = this.client;
    if (client === undefined) return;
    this.forget(client);
    await client.end().catch(() => undefined);
  }

  /** The owner has found that a connection no longer answers: another one is opened. */
  renew(client: Session): void {
    this.broken(client);
  }

  private async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: this.name,
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
    });
    this.client = client;
    client.on('error', () => this.broken(client));
    client.once('end', () => this.broken(client));
    try {
      await client.connect();
      if (this.client !== client) return;
      this.opened = true;
      await this.owner.opened(client);
      this.pause = this.timing.retryMs;
      if (this.client === client) this.watch(client);
    } catch {
      this.broken(client);
    }
  }

  private watch(client: pg.Client): void {
    if (this.timing.heartbeatMs === 0) return;
    this.heartbeat = setInterval(() => {
      client.query('SELECT 1').catch(() => this.broken(client));
    }, this.timing.heartbeatMs).unref();
  }

  private broken(client: pg.Client): void {
    if (this.client !== client) return;
    this.forget(client);
    void client.end().catch(() => undefined);
    if (!this.started) return;
    this.retry = setTimeout(() => void this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, this.timing.longestRetryMs);
  }

  private forget(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    clearInterval(this.heartbeat);
    if (!this.opened) return;
    this.opened = false;
    this.owner.lost();
  }
}
