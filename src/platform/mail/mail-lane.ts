import { setTimeout as delay } from 'node:timers/promises';
import type { OwedMail } from './mail-messages.repository.js';

/** What a lane does, and how fast. */
export interface LaneWork {
  /** Takes up to `most` of the mails that are due. */
  take(most: number): Promise<readonly OwedMail[]>;
  /** Never fails. */
  deliver(owed: OwedMail): Promise<void>;
  /** Mails at the same time. */
  readonly most: number;
  /** Whether it rests after each batch for three times as long as that took: it takes a quarter of a core at most. */
  readonly rests: boolean;
}

/** Times as long as the work took. */
const REST = 3;
/** Longest rest: a server that did not answer took nothing from anybody. */
const LONGEST_REST_MS = 1_000;

/** Sends the mails of one urgency, a batch after the other. */
export class MailLane {
  private sending: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly work: LaneWork) {}

  /** Sends what is due at the moment. */
  send(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.again = true;
    this.sending ??= this.run();
    return this.sending;
  }

  /** Starts nothing new, and tells when what is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.sending;
  }

  private async run(): Promise<void> {
    const { most, rests } = this.work;
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        const since = performance.now();
        const batch = await this.work.take(most);
        if (batch.length === most) this.again = true;
        await Promise.all(batch.map((owed) => this.work.deliver(owed)));
        const rest = Math.min(REST * (performance.now() - since), LONGEST_REST_MS);
        if (rests && this.again && !this.stopped) await delay(rest, undefined, { ref: false });
      }
    } finally {
      this.sending = undefined;
    }
  }
}
