import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Flights } from '../cache/flights.js';
import { Metrics } from '../observability/metrics.js';
import type { Change } from './change.js';
import { RecentChanges } from './recent-changes.js';
import { RedisJournal } from './redis-journal.js';
import { ReplicaSession } from './replica-session.js';

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
  /** Requests that have arrived since it was last asked whether memory may be trusted. */
  private asking = 0;

  constructor(
    @Inject(ReplicaSession) private readonly session: ReplicaSession,
    @Inject(RedisJournal) private readonly journal: RedisJournal,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    session.serve({
      changed: (changes) => {
        this.recent.note(changes);
        this.apply(changes);
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

  /** Whether all who are not alone tell this process what they change. */
  get known(): boolean {
    return this.session.known;
  }

  /**
   * Whether memory may be trusted for a request that has arrived: it holds nothing older than the last write that was
   * acknowledged before the call. At once where that is known.
   */
  fresh(): boolean | Promise<boolean> {
    if (this.session.alone) {
      this.counts.alone += 1;
      return true;
    }
    this.asking += 1;
    return this.flights.shareFresh('ask', () => this.ask());
  }

  /**
   * Makes a committed change known: here at once, and to the other replicas before this returns, so that it may be
   * acknowledged then. Changes of the same moment are told together. Never fails.
   */
  async announce(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    this.logger.debug({ changes: changes.length }, 'The catalogue has changed.');
    if (this.session.alone) {
      this.apply(changes);
      return;
    }
    const committedAt = performance.now();
    const told = await this.exactly(changes);
    // Only now: whoever tells takes the list away meanwhile.
    this.waiting.push(...told);
    if (await this.flights.shareFresh('tell', () => this.tell())) await this.session.untilKnown(committedAt);
    else await this.session.untilAsked(committedAt);
  }

  /**
   * Applies changes, those of unknown version as PostgreSQL tells of them: then products need not be read again, here
   * or elsewhere. What concurrent writers want to know is asked once.
   */
  private async exactly(changes: readonly Change[]): Promise<readonly Change[]> {
    const isBlind = ({ id, version }: Change): boolean => id !== undefined && version === undefined;
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

  private async tell(): Promise<boolean> {
    const changes = this.waiting;
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
      const standing = await this.journal.check((changes) => this.apply(changes));
      if (standing === 'current') {
        this.counts.redis += requests;
        return true;
      }
    }
    const valid = await this.session.validate();
    this.counts[valid ? 'database' : 'untrusted'] += requests;
    return valid;
  }

  /** Keeps the place in the journal while nobody reads, and tries whether announcements are taken again. */
  private async keepUp(): Promise<void> {
    if (!this.journal.configured || this.session.alone) return;
    if (!this.session.mute) await this.journal.check((changes) => this.apply(changes));
    else if (await this.journal.announce([])) await this.session.speakAgain();
  }

  private apply(changes: readonly Change[]): void {
    for (const memory of this.memories) memory.changed(changes);
  }
}
