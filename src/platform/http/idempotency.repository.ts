import { Injectable } from '@nestjs/common';
import { askUntil } from '../../common/ask-until.js';
import { BaseRepository } from '../database/base.repository.js';
import { failedWith } from '../database/failures.js';
import { statement } from '../database/statement.js';
import { IdempotencyInProgress, IdempotencyKeyReused, type IdempotentRequest, StoredAnswer } from './idempotency.js';

const LOCK_NOT_AVAILABLE = '55P03';

const FIND = statement(
  'idempotency.find',
  'SELECT request_hash, status, body FROM idempotency_keys WHERE caller = $1 AND key = $2',
);
const CLAIM = statement(
  'idempotency.claim',
  `INSERT INTO idempotency_keys (caller, key, request_hash, status, body, created_at)
   VALUES ($1, $2, $3, 0, '', $4) ON CONFLICT (caller, key) DO NOTHING RETURNING true AS claimed`,
);
const RECORD = statement(
  'idempotency.record',
  'UPDATE idempotency_keys SET status = $3, body = $4 WHERE caller = $1 AND key = $2',
);
const RELEASE = statement('idempotency.release', 'DELETE FROM idempotency_keys WHERE caller = $1 AND key = $2');
const KEYS = statement('idempotency.keys', 'SELECT key FROM idempotency_keys WHERE caller = $1 ORDER BY created_at');
const FORGET = statement('idempotency.forget', 'DELETE FROM idempotency_keys WHERE caller = $1');
const SWEEP = statement(
  'idempotency.sweep',
  `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM idempotency_keys WHERE created_at < $1 LIMIT 1000))`,
);

interface StoredRow {
  readonly request_hash: Buffer;
  readonly status: number;
  readonly body: string;
}

/** Keeps the first answers to requests that carry an Idempotency-Key. */
@Injectable()
export class IdempotencyRepository extends BaseRepository {
  /**
   * The first answer, where there is one.
   * @throws {IdempotencyKeyReused} where the key stands for another request
   */
  async find(request: IdempotentRequest): Promise<StoredAnswer | undefined> {
    const row = await this.first<StoredRow>(FIND, [request.caller, request.key]);
    return row === undefined ? undefined : storedAnswer(request, row);
  }

  /**
   * Takes the key inside a transaction; waits for another that holds it.
   * @returns the first answer, where the key had been used
   * @throws {IdempotencyInProgress} where the other takes too long
   */
  async claim(request: IdempotentRequest, now: Date): Promise<StoredAnswer | undefined> {
    try {
      const claimed = await this.first(CLAIM, [request.caller, request.key, request.hash, now]);
      return claimed === undefined ? await this.find(request) : undefined;
    } catch (error) {
      throw failedWith(error, LOCK_NOT_AVAILABLE) ? new IdempotencyInProgress() : error;
    }
  }

  /**
   * Waits for the final answer to a request whose first one is unfinished.
   * @returns the unfinished one where it takes longer than two seconds: whoever was at it may have died
   */
  async finished(request: IdempotentRequest, unfinished: StoredAnswer): Promise<StoredAnswer> {
    if (unfinished.finished) return unfinished;
    const finished = await untilAnswered(async () => {
      const answer = await this.find(request);
      return answer?.finished ? answer : undefined;
    });
    return finished ?? (await this.find(request)) ?? unfinished;
  }

  /** Puts the answer under a key that this transaction has claimed. */
  async record(request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
    await this.affect(RECORD, [request.caller, request.key, answer.status, answer.body]);
  }

  /** Lets go of a key whose request came to be refused. */
  async release(request: IdempotentRequest): Promise<void> {
    await this.affect(RELEASE, [request.caller, request.key]);
  }

  /** The keys that a caller has sent and that are still kept, oldest first. */
  async keysOf(caller: string): Promise<string[]> {
    return (await this.rows<{ key: string }>(KEYS, [caller])).map(({ key }) => key);
  }

  /** Deletes every answer that was given to a caller: it may hold whatever the caller was told. */
  async forget(caller: string): Promise<void> {
    await this.affect(FORGET, [caller]);
  }

  /** Deletes up to 1,000 answers that were first given before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }
}

/** Asks for two seconds for what another request under the same key is about to write. */
export function untilAnswered<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  return askUntil(40, 50, ask);
}

/**
 * What a stored row answers to a request.
 * @throws {IdempotencyKeyReused} where it stands for another request
 */
export function storedAnswer(request: IdempotentRequest, row: StoredRow): StoredAnswer {
  if (!row.request_hash.equals(request.hash)) throw new IdempotencyKeyReused();
  return new StoredAnswer(row.status, row.body);
}
