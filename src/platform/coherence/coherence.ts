import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Flights } from '../cache/flights.js';
import { Metrics } from '../observability/metrics.js';
import type { Change } from './change.js';
import { RecentChanges } from './recent-changes.js';
import { RedisJournal, type Standing } from './redis-journal.js';
import { ReplicaSession } from './replica-session.js';
import type { Snapshot } from './snapshot.js';
import { EVERY_TAG } from './tag-history.js';

/** By whose word memory is trusted. */
const BY = { current: 'redis', asked: 'database', unsure: 'untrusted' } as const;
/** More tags than this at once are told as all of them. */
const MOST_TAGS = 30;

/** Keeps something in memory that changes of the catalogue spoil. */
export interface Memory {
  /** Committed changes; the same one may come several times, and from several sides. */
  changed(changes: readonly Change[]): void;
  /** Anything may have changed. */
  unknown(): void;
}

/**
 * Whether what is in memory is as new as the last write that anybody was told of, in whichever process. See
 * docs/catalogue-cache.md.
 */
@Injectable()
export class Coherence implements OnModuleInit {
  private readonly logger = new Logger(Coherence.name);
  private readonly memories: Memory[] = [];
  private readonly flights = new Flights();
  private readonly counts = { alone: 0, redis: 0, database: 0, untrusted: 0 };
  private readonly recent = new RecentChanges(() => performance.now());
  private waiting: Change[] = [];
  private soon: Promise<boolean> | undefined;
  /** Requests that have arrived since it was last asked whether memory may be trusted. */
  private asking = 0;
  private readonly learn = (changes: readonly Change[]): void => this.apply(changes);
  private readonly validate = (): Promise<boolean> => this.session.validate();

  constructor(
    @Inject(ReplicaSession) private readonly session: ReplicaSession,
    @Inject(RedisJournal) private readonly journal: RedisJournal,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    session.serve({
      changed: (changes) => {
        this.recent.note(changes);
        this.spoil(changes);
      },
      unknown: () => {
        for (const memory of this.memories) memory.unknown();
      },
      asked: () => void this.keepUp().catch(() => undefined),
    });
  }

  onModuleInit(): void {
    const help = 'Whether memory could be trusted for a request, and by whose word.';
    this.metrics.counters('coherence_checks_total', help, 'by', () => ({ ...this.counts }));
  }

  /** Names who is told of changes. */
  keeps(memory: Memory): void {
    this.memories.push(memory);
  }

  /** Whether no other process can be keeping anything that this one would have to tell of. */
  get alone(): boolean {
    return this.session.alone;
  }

  /**
   * Whether memory may be trusted for a request that has arrived: it holds nothing older than the last write that was
   * acknowledged before the call. At once where that is known.
   */
  fresh(): boolean | Promise<boolean> {
    if (!this.journal.leased || this.session.alone || !this.session.settled) return this.known();
    this.counts.redis += 1;
    this.journal.renew(this.learn, this.validate);
    return true;
  }

  /**
   * The same for what carries tags, whose changes are acknowledged as soon as they are announced. From a yes on,
   * {@link shows} tells of each value whether it is new enough.
   */
  freshFor(tags: readonly string[]): boolean | Promise<boolean> {
    if (this.session.alone && !this.session.tags.isUnsure(tags)) return this.known();
    return this.learnOf(tags);
  }

  /** The snapshot for what is read from now on; undefined while nothing is known. */
  get snapshot(): Snapshot | undefined {
    return this.session.tags.snapshot;
  }

  /** Names what snapshots belong to: a run of the PostgreSQL server, and the database. */
  get source(): string {
    return this.session.source;
  }

  /** Whether what was read after a snapshot shows every change under the tags that this process knows of. */
  shows(snapshot: Snapshot, tags: readonly string[]): boolean {
    return this.session.tags.allows(snapshot, tags);
  }

  /**
   * Makes a committed change known: here at once, and to the other replicas before this returns, so that it may be
   * acknowledged then. Changes of the same moment are told together. Never fails.
   */
  async announce(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    this.logger.debug({ changes: changes.length }, 'Something that is kept has changed.');
    if (this.session.alone) {
      this.apply(changes);
      return;
    }
    const committedAt = performance.now();
    const told = await this.exactly(changes);
    // Only now: whoever tells takes the list away meanwhile.
    this.waiting.push(...told);
    if (!(await this.tellSoon())) return this.session.untilAsked(committedAt);
    const toldAt = performance.now();
    await this.session.untilKnown(committedAt);
    if (changes.some(({ kind }) => kind !== 'tag')) await this.journal.untilSeen(toldAt);
  }

  /** Whether everything is known that was announced before the call; all who come in the same moment share a question. */
  private known(): boolean | Promise<boolean> {
    if (this.session.alone) {
      this.counts.alone += 1;
      return true;
    }
    this.asking += 1;
    return this.flights.shareSoon('ask', () => this.ask());
  }

  /**
   * Applies changes, those of unknown version as PostgreSQL tells of them: then products need not be read again, here
   * or elsewhere. What concurrent writers want to know is asked once.
   */
  private async exactly(changes: readonly Change[]): Promise<readonly Change[]> {
    const isBlind = ({ kind, id, version }: Change): boolean =>
      kind !== 'tag' && id !== undefined && version === undefined;
    const [blind, known] = [changes.filter(isBlind), changes.filter((change) => !isBlind(change))];
    this.apply(known);
    if (blind.length === 0) return known;
    // Without Redis nobody is to be told.
    const { configured } = this.journal;
    if (configured && (await this.session.validate()))
      return [...known, ...blind.flatMap(({ id = '' }) => this.recent.take(id))];
    this.apply(blind);
    return changes;
  }

  /** What is announced in the same moment is told together. */
  private tellSoon(): Promise<boolean> {
    this.soon ??= Promise.resolve().then(() => {
      this.soon = undefined;
      return this.flights.shareFresh('tell', () => this.tell());
    });
    return this.soon;
  }

  private async tell(): Promise<boolean> {
    const changes = withoutRepetition(this.waiting);
    this.waiting = [];
    if (this.journal.configured && (await this.journal.announce(changes))) return true;
    // Until all others ask PostgreSQL, whoever is told next time has to be told of these too.
    if (this.journal.configured && !this.session.mute) this.waiting.unshift(...changes);
    return false;
  }

  /** Asks once for all requests that have arrived by now. */
  private async ask(): Promise<boolean> {
    const requests = this.asking;
    this.asking = 0;
    if (this.journal.configured && this.session.settled) {
      const standing = await this.check();
      if (standing !== 'away') {
        this.counts[BY[standing]] += requests;
        return standing !== 'unsure';
      }
    }
    const valid = await this.session.validate();
    this.counts[valid ? 'database' : 'untrusted'] += requests;
    return valid;
  }

  /** Keeps the place in the journal while nobody reads, and tries whether announcements are taken again. */
  private async keepUp(): Promise<void> {
    if (!this.journal.configured || this.session.alone) return;
    if (!this.session.mute) await this.check();
    else if (await this.journal.announce([])) await this.session.speakAgain();
  }

  private check(): Promise<Standing> {
    return this.journal.check(this.learn, this.validate);
  }

  private async learnOf(tags: readonly string[]): Promise<boolean> {
    if (!(await this.known())) return false;
    // An announcement does not say which transaction it was.
    return !this.session.tags.isUnsure(tags) || this.session.validate();
  }

  private apply(changes: readonly Change[]): void {
    const tags = changes.flatMap(({ kind, id = EVERY_TAG }) =>
      kind === 'tag' ? [id] : kind === 'catalogue' && id === undefined ? [EVERY_TAG] : [],
    );
    if (tags.length > 0) this.session.tags.announce(tags);
    this.spoil(changes.filter(({ kind }) => kind !== 'tag'));
  }

  private spoil(changes: readonly Change[]): void {
    if (changes.length > 0) for (const memory of this.memories) memory.changed(changes);
  }
}

/** Each tag once, and many of them as all. */
function withoutRepetition(changes: readonly Change[]): Change[] {
  const tags = new Set(changes.flatMap(({ kind, id = EVERY_TAG }) => (kind === 'tag' ? [id] : [])));
  const told = tags.size > MOST_TAGS ? [EVERY_TAG] : [...tags];
  return [...changes.filter(({ kind }) => kind !== 'tag'), ...told.map((id): Change => ({ kind: 'tag', id }))];
}
