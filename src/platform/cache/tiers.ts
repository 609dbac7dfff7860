import type { Keyv } from 'keyv';
import { TOO_LATE, within } from '../../common/within.js';
import { Snapshot } from '../coherence/snapshot.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { RedisLink } from './redis-link.js';

/** An answer that takes longer costs more than it saves. */
const SLOW_MS = 100;
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 1_000;

/** A text, and what tells whether it may be served. */
export interface Entry {
  readonly text: string;
  /** What was committed when its reading began; undefined where it depends on nothing but time. */
  readonly snapshot: Snapshot | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Where texts lie. Nothing here fails: a tier that cannot answer has nothing. */
export interface Tier {
  get(key: string): Promise<Entry | undefined>;
  /** Keeps a text, if it can. */
  set(key: string, entry: Entry, ttlMs: number): Promise<void>;
}

/** Texts in the memory of this process. */
export class MemoryTier implements Tier {
  constructor(private readonly keyv: Keyv) {}

  get(key: string): Promise<Entry | undefined> {
    return this.keyv.get<Entry>(key);
  }

  async set(key: string, entry: Entry, ttlMs: number): Promise<void> {
    await this.keyv.set(key, entry, ttlMs);
  }
}

/** An entry as it lies in Redis: text, snapshot, expiry. */
type Packed = readonly [text: string, snapshot: string | null, expiresAt: number];

/** Texts in Redis, shared by all processes; asked no more for a while when it fails or is slow. */
export class RedisTier implements Tier {
  private readonly breaker = new CircuitBreaker(FAILURES_TO_OPEN, OPEN_MS);

  constructor(
    private readonly keyv: Keyv,
    private readonly link: Pick<RedisLink, 'client'>,
  ) {}

  get up(): boolean {
    // Where nobody needs it, nobody would notice that it is back.
    if (this.breaker.open) void this.get('up');
    return this.link.client?.isReady === true && !this.breaker.open;
  }

  async get(key: string): Promise<Entry | undefined> {
    return unpack(await this.attempt(() => this.keyv.get<unknown>(key)));
  }

  async set(key: string, { text, snapshot, expiresAt }: Entry, ttlMs: number): Promise<void> {
    const packed: Packed = [text, snapshot?.text ?? null, expiresAt];
    await this.attempt(() => this.keyv.set(key, packed, ttlMs));
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.link.client?.isReady !== true || !this.breaker.allows(Date.now())) return undefined;
    try {
      const answer = await within(SLOW_MS, work());
      if (answer !== TOO_LATE) {
        this.breaker.succeeded();
        return answer;
      }
    } catch {
      // A refused connection, a full or a read-only Redis: all the same to who wants a text.
    }
    this.breaker.failed(Date.now());
    return undefined;
  }
}

/** Whatever lies in Redis was put there by somebody: what is not an entry is none. */
function unpack(packed: unknown): Entry | undefined {
  if (!Array.isArray(packed)) return undefined;
  const [text, snapshot, expiresAt]: unknown[] = packed;
  if (typeof text !== 'string' || typeof expiresAt !== 'number') return undefined;
  return { text, snapshot: typeof snapshot === 'string' ? new Snapshot(snapshot) : undefined, expiresAt };
}
