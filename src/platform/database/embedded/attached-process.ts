import { setTimeout as delay } from 'node:timers/promises';
import { type Attachment, attach } from './attach.js';
import { errorMessage } from './embedded-cluster.error.js';
import { type PostmasterContext, stopPostmaster } from './postmaster.js';
import { LOCK_CLASS, LOCK_KEYS } from './session.js';

const LONGEST_RETRY_MS = 30_000;
const FIRST_RETRY_MS = 250;

/**
 * This process's share in the running server. If the server dies under it, it is started again on the same port, so
 * that the application's connection pool finds it without a restart.
 */
export class AttachedProcess {
  private released = false;
  private recovery: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: PostmasterContext,
    private attachment: Attachment,
  ) {}

  /** Called when the start is complete: from here on the server is kept running, and this process may end freely. */
  watch(): void {
    this.attachment.session.watch(() => {
      if (!this.released) this.recovery = this.recover();
    });
  }

  private async recover(): Promise<void> {
    const { log } = this.context;
    log('The connection to the embedded PostgreSQL was lost; joining or starting it again');
    for (let pause = FIRST_RETRY_MS; !this.released; pause = Math.min(pause * 2, LONGEST_RETRY_MS)) {
      try {
        const { port } = this.attachment;
        this.attachment = await attach(this.context);
        this.watch();
        const moved = port === this.attachment.port ? '' : ', on another port: restart Tradepost to use it';
        log(`The embedded PostgreSQL is back${moved}`);
        return;
      } catch (error) {
        log(errorMessage(error));
        await delay(pause, undefined, { ref: false });
      }
    }
  }

  /** Leaves the server; the last one out stops it and waits until it has. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.recovery;
    const { session, pid } = this.attachment;
    session.unwatch();
    try {
      // A connection that broke just now belonged to a server that somebody else is stopping, or will adopt.
      if (await this.isLast().catch(() => false)) await stopPostmaster(this.context, pid);
    } finally {
      await session.end().catch(() => undefined);
    }
  }

  private async isLast(): Promise<boolean> {
    const { session } = this.attachment;
    const lock = [LOCK_CLASS, LOCK_KEYS.attached];
    await session.query('SELECT pg_advisory_unlock_shared($1, $2)', lock);
    // Kept until the server has gone: who attaches meanwhile waits for it, fails with it and starts the next.
    const [row] = await session.query<{ last: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS last', lock);
    return row?.last === true;
  }
}
