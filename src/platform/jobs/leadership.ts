import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TOO_LATE, within } from '../../common/within.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../database/database.js';
import { type Session, StandingSession } from '../database/standing-session.js';
import { Metrics } from '../observability/metrics.js';

/** What one process at a time does, for all replicas. */
export interface LeaderWork {
  start(): void;
  /** Starts nothing new from now on, and waits, within bounds, for what is under way. */
  stop(): Promise<void>;
}

/** Key of the session advisory lock that the leader holds; the database makes it the shop's own. */
const LEADER_LOCK = 7_236_402;
const TRY_EVERY_MS = 1_000;
/** Longer than between two tries: after a connection broke, a process whose own still stands comes first. */
const STAND_AGAIN_MS = 1_500;
/** While it leads, the session is asked this often whether it still stands. */
const HEARTBEAT_MS = 2_000;
/** Longest wait for the works to stop when the process ends. */
const STOP_MS = 15_000;

/**
 * Elects one leader among all processes on a database: whoever holds an advisory lock. The lock belongs to a session
 * of its own, so PostgreSQL gives it to another process as soon as this one, or its connection, is gone.
 */
@Injectable()
export class Leadership implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Leadership.name);
  private readonly works: LeaderWork[] = [];
  private readonly session: StandingSession;
  private timer: NodeJS.Timeout | undefined;
  private leads = false;
  /** The connection on which this process stands for election; none once it stops. */
  private candidate: Session | undefined;
  /** Starting and stopping the works, one after another. */
  private transition: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Database) database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Metrics) metrics: Metrics,
  ) {
    const owner = {
      opened: (client: Session) => {
        this.candidate = client;
        return this.campaign(client);
      },
      lost: () => this.resign(),
    };
    const timing = { heartbeatMs: HEARTBEAT_MS, retryMs: STAND_AGAIN_MS, longestRetryMs: STAND_AGAIN_MS };
    this.session = new StandingSession(database.url, 'tradepost leader', owner, timing);
    metrics.gauge('jobs_leader', 'Whether this process runs the background jobs.', () => (this.leads ? 1 : 0));
  }

  /** Adds work for the leader; providers do so when they are initialised. */
  join(work: LeaderWork): void {
    this.works.push(work);
  }

  /** Whether this process leads at the moment. */
  get leading(): boolean {
    return this.leads;
  }

  onApplicationBootstrap(): void {
    if (this.config.WORKER) this.session.start();
  }

  /** Stops the works before it gives the lock back, so that no other process starts them meanwhile. */
  async onModuleDestroy(): Promise<void> {
    this.resign();
    const ended = await within(STOP_MS, this.transition);
    if (ended === TOO_LATE) this.logger.warn('Background work did not stop in time.');
    await this.session.stop();
  }

  private async campaign(client: Session): Promise<void> {
    const { rows } = await client.query<{ won: boolean }>('SELECT pg_try_advisory_lock($1) AS won', [LEADER_LOCK]);
    if (this.candidate !== client) return;
    if (rows[0]?.won === true) this.lead();
    else this.campaignLater(client);
  }

  private campaignLater(client: Session): void {
    if (this.candidate !== client) return;
    const campaign = (): void => {
      this.campaign(client).catch(() => this.campaignLater(client));
    };
    this.timer = setTimeout(campaign, TRY_EVERY_MS).unref();
  }

  private lead(): void {
    this.leads = true;
    this.logger.log('This process leads: it runs the background jobs and the relay.');
    this.change(() => {
      if (this.leads) for (const work of this.works) work.start();
    });
  }

  private resign(): void {
    this.candidate = undefined;
    clearTimeout(this.timer);
    if (!this.leads) return;
    this.leads = false;
    this.logger.log('This process no longer leads.');
    // The works are told at once; only a new start has to wait until they have stopped.
    const stopped = Promise.all(this.works.map((work) => work.stop()));
    this.change(() => stopped);
  }

  private change(step: () => unknown): void {
    this.transition = this.transition.then(step).then(
      () => undefined,
      (error: unknown) => this.logger.error({ err: error }, 'Background work could not be started or stopped.'),
    );
  }
}
