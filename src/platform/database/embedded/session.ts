import { Socket } from 'node:net';
import { Client, type QueryResultRow } from 'pg';

/** Advisory locks on the maintenance database, where no application query runs: `(LOCK_CLASS, key)`. */
export const LOCK_CLASS = 0x5450;
export const LOCK_KEYS = { attached: 1, bootstrap: 2, serving: 3 } as const;

const CONNECT_TIMEOUT_MS = 5000;

/** One connection that holds session-level locks; they are gone as soon as it is, however the process ends. */
export class Session {
  private readonly socket = new Socket();
  private readonly client: Client;
  private lost = false;
  private onLost: () => void = () => undefined;

  private constructor(url: string, applicationName: string) {
    this.client = new Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      stream: () => this.socket,
    });
    // Always followed by 'end', which is what counts.
    this.client.on('error', () => undefined);
    this.client.on('end', () => {
      this.lost = true;
      this.onLost();
    });
  }

  static async connect(url: string, applicationName = 'tradepost'): Promise<Session> {
    const session = new Session(url, applicationName);
    try {
      await session.client.connect();
      return session;
    } catch (error) {
      session.socket.destroy();
      throw error;
    }
  }

  get isLost(): boolean {
    return this.lost;
  }

  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, values)).rows;
  }

  literal(value: string): string {
    return this.client.escapeLiteral(value);
  }

  /** From now on the connection does not keep the process alive, and its loss is reported once. */
  watch(onLost: () => void): void {
    this.onLost = onLost;
    this.socket.unref();
    if (this.lost) onLost();
  }

  unwatch(): void {
    this.onLost = () => undefined;
    this.socket.ref();
  }

  async end(): Promise<void> {
    this.unwatch();
    if (!this.lost) await this.client.end();
  }
}
