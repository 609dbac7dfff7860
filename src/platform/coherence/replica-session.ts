import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { pauseUntil } from '../../common/pause-until.js';
import { TOO_LATE, within } from '../../common/within.js';
import { Flights } from '../cache/flights.js';
import { RedisLink } from '../cache/redis-link.js';
import { Database } from '../database/database.js';
import { SESSION_TIMING, type Session, StandingSession } from '../database/standing-session.js';
import { statement } from '../database/statement.js';
import { type Change, unpackChange } from './change.js';
import { TagHistory, type ToldChange } from './tag-history.js';

/** What a replica holds in memory may be trusted for so long after it has asked PostgreSQL what changed. */
export const LEASE_MS = 1_000;
/** A lease, and room for what has to be noticed at its end: after so long everybody knows what was so at its start. */
export const GRACE_MS = 1_100;
const ASK_EVERY_MS = 250;
/** A question for one request that takes longer costs more than it saves. */
const VALIDATE_MS = 500;
const FIRST_ANSWER_MS = 2_000;
/** Changes are pruned after a minute: who has not asked for so long may have missed some. */
const MISSED_MS = 20_000;

/** Advisory locks, in two halves: the application's, and what the holder says by it. The database makes them its own. */
const LOCKS = 7_236_403;
const RUNNING = 1;
const CANNOT_ANNOUNCE = 2;

const HOLDERS = (lock: number): string => `(SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND classid = ${LOCKS} AND objid = ${lock} AND objsubid = 2)`;
const STATE = `pg_current_snapshot()::text AS snapshot, left(encode(sha256(convert_to(pg_postmaster_start_time()::text || current_database(), 'UTF8')), 'hex'), 16) AS server`;
// Of rows in one statement, a transaction of the snapshot is either wholly seen or not at all; numbers alone would not
// tell, for they are not in the order of commits.
const CHANGES = `(SELECT coalesce(json_agg(json_build_array(product_id, version, kind, stock, updated_at) ORDER BY version), '[]')
  FROM catalog_changes
  WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)) AS changes,
  (SELECT coalesce(json_agg(json_build_array(tag, xid::text)), '[]') FROM tag_changes
  WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)) AS tags`;
const BASELINE = statement('coherence.baseline', `SELECT ${STATE}`);
const VALIDATE = statement('coherence.validate', `SELECT ${STATE}, ${CHANGES}`);
const ASK = statement(
  'coherence.ask',
  `SELECT ${STATE}, ${CHANGES}, ${HOLDERS(RUNNING)} AS running, ${HOLDERS(CANNOT_ANNOUNCE)} AS mute`,
);

interface Answer {
  readonly snapshot: string;
  readonly server: string;
  readonly changes?: readonly unknown[];
  readonly tags?: readonly ToldChange[];
  readonly running?: number;
  readonly mute?: number;
}

export interface ReplicaSessionOwner {
  /** Committed changes, those of this process included; some more than once. */
  changed(changes: readonly Change[]): void;
  /** Anything may have changed. */
  unknown(): void;
  /** PostgreSQL has been asked once more. */
  asked(): void;
}

const now = (): number => performance.now();

/**
 * A replica's standing in PostgreSQL, on a connection of its own. It holds a lock that says that it runs, counts those
 * who do, and asks four times a second what was committed since it last asked.
 */
@Injectable()
export class ReplicaSession implements OnApplicationBootstrap, OnApplicationShutdown {
  /** What is known of changes to tagged data. */
  readonly tags = new TagHistory();
  private readonly logger = new Logger(ReplicaSession.name);
  private readonly session: StandingSession;
  private readonly flights = new Flights();
  private readonly hasRedis: boolean;
  private owner: ReplicaSessionOwner | undefined;
  private client: Session | undefined;
  private server = '';
  private snapshot = '';
  private timer: NodeJS.Timeout | undefined;
  /** The last statement that was sent or waits to be: a connection takes one at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private ticking = false;
  private firstAnswer: (() => void) | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;
  private running = 0;
  private othersSeenAt = Number.NEGATIVE_INFINITY;
  private muteSeenAt = Number.NEGATIVE_INFINITY;
  private registeredAt = Number.POSITIVE_INFINITY;
  private muteSince: number | undefined;

  constructor(@Inject(Database) database: Database, @Inject(RedisLink) redis: RedisLink) {
    this.hasRedis = redis.client !== undefined;
    this.session = new StandingSession(
      database.url,
      'tradepost replica',
      {
        opened: (client) => this.open(client),
        lost: () => this.lost(),
      },
      { ...SESSION_TIMING, heartbeatMs: 0 },
    );
  }

  /** Names the run of the PostgreSQL server, and the database: snapshots of one say nothing about another. */
  get source(): string {
    return this.server;
  }

  serve(owner: ReplicaSessionOwner): void {
    this.owner = owner;
  }

  async onApplicationBootstrap(): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.firstAnswer = resolve;
    });
    this.session.start();
    await within(FIRST_ANSWER_MS, answered);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.session.stop();
  }

  /** Whether what is in memory is at most a lease old. */
  get leased(): boolean {
    return now() - this.askedAt < LEASE_MS;
  }

  /** Whether no other replica has run for so long that none can believe itself to be one. */
  get alone(): boolean {
    const at = now();
    return this.running === 1 && at - this.askedAt < LEASE_MS && at - this.othersSeenAt > GRACE_MS;
  }

  /** Whether every replica knows of this one, and every one is able to announce what it changes. */
  get settled(): boolean {
    const at = now();
    return this.leased && at - this.registeredAt > GRACE_MS && at - this.muteSeenAt > GRACE_MS;
  }

  /** Whether this replica tells the others to ask the database, because it cannot announce what it changes. */
  get mute(): boolean {
    return this.muteSince !== undefined;
  }

  /** Learns everything that was committed before the call; false where that takes too long. */
  async validate(): Promise<boolean> {
    if (this.client === undefined) return false;
    const answer = await within(
      VALIDATE_MS,
      this.flights.shareFresh('validate', () => this.ask(VALIDATE.name, VALIDATE.text)),
    ).catch(() => false);
    return answer !== TOO_LATE && answer;
  }

  /** Waits until every replica counts this one, or would have learnt anyway what was committed at `committedAt`. */
  async untilKnown(committedAt: number): Promise<void> {
    const since = this.leased ? Math.min(this.registeredAt, committedAt) : committedAt;
    await pauseUntil(since + GRACE_MS);
  }

  /** Has the others ask the database, and waits until all do, or have learnt what was committed at `committedAt`. */
  async untilAsked(committedAt: number): Promise<void> {
    if (this.muteSince === undefined) await this.lock().catch(() => undefined);
    const since = this.leased ? Math.min(this.muteSince ?? committedAt, committedAt) : committedAt;
    await pauseUntil(since + GRACE_MS);
  }

  /** Takes {@link untilAsked} back: what is changed from now on is announced. */
  async speakAgain(): Promise<void> {
    const { client } = this;
    if (!this.hasRedis || client === undefined || this.muteSince === undefined) return;
    this.muteSince = undefined;
    await this.inTurn(() => client.query('SELECT pg_advisory_unlock_shared($1, $2)', [LOCKS, CANNOT_ANNOUNCE]));
    this.logger.log('Changes are announced through Redis again.');
  }

  private async lock(): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    await this.flights.share('lock', async () => {
      await this.inTurn(() => client.query('SELECT pg_advisory_lock_shared($1, $2)', [LOCKS, CANNOT_ANNOUNCE]));
      if (this.client !== client) return;
      this.muteSince = now();
      if (this.hasRedis)
        this.logger.warn('Redis does not take announcements; all replicas ask the database meanwhile.');
    });
  }

  private async open(client: Session): Promise<void> {
    // On a table that was empty when the statement was first planned, PostgreSQL would go on reading all of it.
    await client.query('SET enable_seqscan = off');
    await client.query('SET jit = off');
    await client.query('SELECT pg_advisory_lock_shared($1, $2)', [LOCKS, RUNNING]);
    if (!this.hasRedis) await client.query('SELECT pg_advisory_lock_shared($1, $2)', [LOCKS, CANNOT_ANNOUNCE]);
    const registeredAt = now();
    const { rows } = await client.query<Answer>(BASELINE.text);
    const [answer] = rows;
    if (answer === undefined) throw new Error('PostgreSQL answered nothing.');
    this.client = client;
    this.registeredAt = registeredAt;
    this.muteSince = this.hasRedis ? undefined : registeredAt;
    this.server = answer.server;
    this.snapshot = answer.snapshot;
    // After the baseline: what is filled from now on is no older than it.
    this.tags.restart(answer.snapshot);
    this.owner?.unknown();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), ASK_EVERY_MS).unref();
    this.tick();
  }

  private tick(): void {
    const { client } = this;
    if (client === undefined || this.ticking) return;
    this.ticking = true;
    this.ask(ASK.name, ASK.text)
      .catch((error: unknown) => {
        this.logger.debug({ err: error }, 'PostgreSQL did not tell what changed; memory is not trusted meanwhile.');
        // A refused statement leaves the connection as it is; one that is not answered does not.
        if (!isRefused(error)) this.session.renew(client);
      })
      .finally(() => {
        this.ticking = false;
      });
  }

  private async ask(name: string, text: string): Promise<boolean> {
    const { client } = this;
    if (client === undefined) return false;
    const { askedAt, mark, answer } = await this.inTurn(async () => {
      const [askedAt, mark] = [now(), this.tags.mark()];
      const { rows } = await client.query<Answer>({ name, text, values: [this.snapshot] });
      return { askedAt, mark, answer: rows[0] };
    });
    if (answer === undefined || this.client !== client) return false;
    this.tags.learn(mark, answer.snapshot, answer.tags ?? []);
    this.learn(answer, askedAt);
    return true;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work, work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private learn({ snapshot, server, changes = [], running, mute }: Answer, askedAt: number): void {
    const first = this.askedAt === Number.NEGATIVE_INFINITY;
    const missed = server !== this.server || (!first && askedAt - this.askedAt > MISSED_MS);
    this.server = server;
    this.snapshot = snapshot;
    if (missed) {
      this.tags.restart(snapshot);
      this.owner?.unknown();
    } else if (changes.length > 0) this.owner?.changed(changes.map(unpackChange));
    if (running !== undefined && mute !== undefined) {
      this.running = running;
      if (running > 1) this.othersSeenAt = now();
      if (mute > 0) this.muteSeenAt = now();
      this.askedAt = askedAt;
      this.firstAnswer?.();
      this.owner?.asked();
    }
  }

  private lost(): void {
    clearInterval(this.timer);
    this.client = undefined;
    this.askedAt = Number.NEGATIVE_INFINITY;
    this.registeredAt = Number.POSITIVE_INFINITY;
    this.muteSince = undefined;
    this.running = 0;
    // Others may have come, and believed what they may have, while nobody was there to tell.
    this.othersSeenAt = now();
    this.muteSeenAt = now();
    this.tags.restart(undefined);
    this.owner?.unknown();
  }
}

/** Whether PostgreSQL itself has answered that it will not: its errors have a code of five characters. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}
