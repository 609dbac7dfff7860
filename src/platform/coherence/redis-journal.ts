import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { pauseUntil } from '../../common/pause-until.js';
import { TOO_LATE, within } from '../../common/within.js';
import { CircuitBreaker } from '../cache/circuit-breaker.js';
import { Flights } from '../cache/flights.js';
import { type RedisClient, RedisLink } from '../cache/redis-link.js';
import { type Change, packChange, unpackChange } from './change.js';

const KEY = 'tradepost:changes';
/** Announcements that are kept: who has fallen further behind asks the database instead. */
const KEPT = 128;
/** More changes than this in one announcement are told as one: all. */
const MOST_CHANGES = 100;
const SLOW_MS = 100;
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 1_000;

/** What a look at the head has shown may be relied on for so long after the look was sent. */
const HEAD_LEASE_MS = 4;
/** That, and room for clocks that differ: who has announced something waits so long before it is acknowledged. */
const HEAD_GRACE_MS = 4.5;

// An entry is `number name name-before changes`. The names make a chain: a Redis that has lost some of it, or was set
// back and written on, shows another one.
const ANNOUNCE = `
local newest = redis.call('LINDEX', KEYS[1], 0)
local number, before = 0, '-'
if newest then
  local n, name = string.match(newest, '^(%d+) (%S+)')
  number, before = tonumber(n), name
end
redis.call('LPUSH', KEYS[1], (number + 1) .. ' ' .. ARGV[1] .. ' ' .. before .. ' ' .. ARGV[2])
redis.call('LTRIM', KEYS[1], 0, ${KEPT - 1})
return 1
`;
const ANNOUNCE_SHA = createHash('sha1').update(ANNOUNCE).digest('hex');

interface Entry {
  readonly text: string;
  readonly number: number;
  readonly name: string;
  readonly before: string;
  readonly changes: string;
}

/** `asked`: what was announced was not known, but PostgreSQL has told it; `unsure`: nor could that be asked. */
export type Standing = 'current' | 'asked' | 'unsure' | 'away';

function parse(text: string): Entry | undefined {
  const [, number, name = '', before = '', changes = ''] = /^(\d+) (\S+) (\S+) (.*)$/.exec(text) ?? [];
  return number === undefined ? undefined : { text, number: Number(number), name, before, changes };
}

/**
 * One list in Redis of what was changed last. Who changes something writes it there after the commit and before
 * anybody is told of it; who answers from memory looks at its head first.
 */
@Injectable()
export class RedisJournal {
  private readonly origin = newId().slice(-12);
  private readonly breaker = new CircuitBreaker(FAILURES_TO_OPEN, OPEN_MS);
  private readonly flights = new Flights();
  private counter = 0;
  private head: string | undefined;
  private headConnection = -1;
  /** When the last look was sent that left nothing unknown. */
  private seenAt = Number.NEGATIVE_INFINITY;
  private renewal: Promise<unknown> | undefined;

  constructor(@Inject(RedisLink) private readonly link: RedisLink) {}

  /** Whether a Redis is configured. */
  get configured(): boolean {
    return this.link.client !== undefined;
  }

  /** Tells all replicas; false where Redis did not confirm that it has it. */
  async announce(changes: readonly Change[]): Promise<boolean> {
    const told: readonly Change[] = changes.length > MOST_CHANGES ? [{ kind: 'catalogue' }] : changes;
    this.counter += 1;
    const args = [`${this.origin}:${this.counter}`, JSON.stringify(told.map(packChange))];
    return (await this.attempt((client) => evaluate(client, args))) !== undefined;
  }

  /**
   * Whether everything is known that was announced before the call; new changes are handed over first. Requests that
   * wait at the same time share one look at Redis, which is sent after the last of them came.
   * @param ask learns from PostgreSQL what was committed before it was called; false where that takes too long. Only
   *   when it has, the head that was seen before counts as known, and only then the next look begins.
   */
  check(apply: (changes: readonly Change[]) => void, ask: () => Promise<boolean>): Promise<Standing> {
    return this.flights.shareFresh('check', () => this.look(apply, ask));
  }

  /**
   * Whether everything is known that was announced, and then waited for with {@link untilSeen}, before the call. Nobody
   * has to be asked: the last look was sent a moment ago.
   */
  get leased(): boolean {
    return this.age < HEAD_LEASE_MS && this.link.connections === this.headConnection;
  }

  /** Looks again before the last look is too old, so that nobody has to wait for it. */
  renew(apply: (changes: readonly Change[]) => void, ask: () => Promise<boolean>): void {
    if (this.renewal !== undefined || this.age < HEAD_LEASE_MS / 2) return;
    this.renewal = this.check(apply, ask)
      .catch(() => undefined)
      .finally(() => {
        this.renewal = undefined;
      });
  }

  /** Waits until nobody relies on a look from before an announcement that Redis had confirmed at `toldAt`. */
  untilSeen(toldAt: number): Promise<void> {
    return pauseUntil(toldAt + HEAD_GRACE_MS);
  }

  private get age(): number {
    return performance.now() - this.seenAt;
  }

  private async look(apply: (changes: readonly Change[]) => void, ask: () => Promise<boolean>): Promise<Standing> {
    const sentAt = performance.now();
    const standing = await this.compare(apply, ask);
    const isKnown = standing === 'current' || standing === 'asked';
    this.seenAt = isKnown ? sentAt : Number.NEGATIVE_INFINITY;
    return standing;
  }

  private async compare(apply: (changes: readonly Change[]) => void, ask: () => Promise<boolean>): Promise<Standing> {
    const { connections } = this.link;
    const newest = await this.attempt((client) => client.lIndex(KEY, 0));
    if (newest === undefined) return 'away';
    // Somebody has to begin; what is there then is seen by the next look.
    if (newest === null && !(await this.announce([]))) return 'away';
    // Another connection may lead to another Redis, or to the same one set back.
    if (newest !== null && this.headConnection === connections && this.link.connections === connections) {
      if (newest === this.head || (await this.follow(newest, apply))) return 'current';
    }
    this.head = undefined;
    if (!(await ask())) return 'unsure';
    this.head = newest ?? undefined;
    this.headConnection = connections;
    return 'asked';
  }

  /** Goes from the head that is known to the newest, where the chain holds. */
  private async follow(newest: string, apply: (changes: readonly Change[]) => void): Promise<boolean> {
    const known = parse(this.head ?? '');
    const last = parse(newest);
    if (known === undefined || last === undefined) return false;
    const missing = last.number - known.number;
    if (missing < 1 || missing >= KEPT) return false;
    const texts = missing === 1 ? [newest] : await this.attempt((client) => client.lRange(KEY, 0, KEPT - 1));
    const entries = (texts ?? []).map(parse).filter((entry) => entry !== undefined);
    const unseen = entries.filter(({ number }) => number > known.number).reverse();
    let { name } = known;
    for (const entry of unseen) {
      if (entry.before !== name) return false;
      name = entry.name;
    }
    const newestSeen = unseen.at(-1);
    if (newestSeen === undefined || newestSeen.number < last.number) return false;
    for (const { name: who, changes } of unseen) {
      if (!who.startsWith(`${this.origin}:`)) apply(changesOf(changes));
    }
    this.head = newestSeen.text;
    return true;
  }

  private async attempt<T>(work: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    const { client } = this.link;
    if (client?.isReady !== true || !this.breaker.allows(Date.now())) return undefined;
    try {
      const answer = await within(SLOW_MS, work(client));
      if (answer !== TOO_LATE) {
        this.breaker.succeeded();
        return answer;
      }
    } catch {
      // Refused, full or read-only: all the same to who has to know.
    }
    this.breaker.failed(Date.now());
    return undefined;
  }
}

function changesOf(json: string): Change[] {
  const changes: unknown = JSON.parse(json);
  return Array.isArray(changes) ? changes.map(unpackChange) : [{ kind: 'catalogue' }];
}

async function evaluate(client: RedisClient, args: string[]): Promise<unknown> {
  const options = { keys: [KEY], arguments: args };
  try {
    return await client.evalSha(ANNOUNCE_SHA, options);
  } catch (error) {
    // A Redis that was started again has forgotten its scripts.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(ANNOUNCE, options);
  }
}
