import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { TOO_LATE, within } from '../../common/within.js';
import { JobRegistry } from '../jobs/job-registry.js';
import { Metrics } from '../observability/metrics.js';
import { MailLane } from './mail-lane.js';
import { MailMessagesRepository, type OwedMail } from './mail-messages.repository.js';
import { MailWriters } from './mail-writers.js';
import { Mailer, MailRefused } from './mailer.js';

/** Mails that one process sends at the same time. */
const AT_ONCE = 5;
const RETRY_EVERY_MS = 2_000;
/**
 * Mails wait for so long after their commit, and for up to as long again by chance. Whether a request for a mail led to
 * one is then not to be seen in how busy the process is with the requests that follow it.
 */
const PAUSE_MS = 100;
/** Longest wait for mails under way when the process ends; what is cut off is sent again by the next one. */
const STOP_MS = 5_000;

/**
 * Sends the mails that are due: soon after the commit that queued them, and again from a job, for those that failed
 * or whose process died. A mail may so be sent twice, but is never lost.
 */
@Injectable()
export class MailDispatcher implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(MailDispatcher.name);
  private readonly lanes = { urgent: this.lane(AT_ONCE, false), patient: this.lane(1, true) };
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(MailMessagesRepository) private readonly messages: MailMessagesRepository,
    @Inject(MailWriters) private readonly writers: MailWriters,
    @Inject(Mailer) private readonly mailer: Mailer,
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { urgent, patient } = this.lanes;
    this.jobs.register({ name: 'mail.send', everyMs: RETRY_EVERY_MS, run: () => urgent.send() });
    this.jobs.register({ name: 'mail.send-patient', everyMs: RETRY_EVERY_MS, run: () => patient.send() });
    this.metrics.gauge('mail_queue_messages', 'Mails that are yet to be sent.', () => this.messages.count());
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { urgent, patient } = this.lanes;
    const ended = await within(STOP_MS, Promise.all([urgent.stop(), patient.stop()]));
    if (ended === TOO_LATE) this.logger.warn('Mails were still being sent; they are sent again later.');
  }

  /** Has what is due sent shortly, in the background. */
  wake(): void {
    if (this.stopped) return;
    this.timer ??= setTimeout(() => this.sendInBackground(), PAUSE_MS * (1 + Math.random())).unref();
  }

  /** Sends what is due at the moment. */
  async sendDue(): Promise<void> {
    const { urgent, patient } = this.lanes;
    await Promise.all([urgent.send(), patient.send()]);
  }

  private sendInBackground(): void {
    this.timer = undefined;
    this.sendDue().catch((error: unknown) => this.logger.warn({ err: error }, 'Mails could not be taken to be sent.'));
  }

  private lane(most: number, patient: boolean): MailLane {
    return new MailLane({
      most,
      rests: patient,
      take: (count) => this.messages.take(this.clock.now(), count, patient),
      deliver: (owed) => this.deliver(owed),
    });
  }

  /** Never fails. The log names no recipient: neither a mail nor what a server says of it is repeated there. */
  private async deliver(owed: OwedMail): Promise<void> {
    const { id, kind, attempts } = owed;
    try {
      await this.send(owed);
      await this.messages.remove(id);
    } catch (error) {
      this.logger.warn({ message: id, kind, attempts, reason: reasonOf(error) }, 'A mail could not be sent yet.');
    }
  }

  private async send({ id, kind, about, expiresAt }: OwedMail): Promise<void> {
    if (expiresAt <= this.clock.now()) {
      this.logger.error({ message: id, kind }, 'A mail could not be sent for as long as it had a use; it is given up.');
      return;
    }
    const mail = await this.writers.get(kind).write(about);
    if (mail === undefined) return;
    try {
      await this.mailer.send(mail);
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error;
      this.logger.warn({ message: id, kind, replyCode: error.replyCode }, 'A mail was refused for good.');
    }
  }
}

function reasonOf(error: unknown): unknown {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error ? error.code : error.name;
}
