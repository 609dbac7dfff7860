import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { DomainError, InvalidInput } from '../../common/domain-error.js';
import { Answer } from './answers.js';

/** What identifies a request that may be sent again: who sent it, under which key, and what it asked for. */
export interface IdempotentRequest {
  /** Id of the user, or of the guest's cart. */
  readonly caller: string;
  readonly key: string;
  /** SHA-256 over method, path and body. */
  readonly hash: Buffer;
}

/** Status of an answer whose effect stands while what follows it, such as a payment, is under way. */
const UNFINISHED = 0;

/** A first answer that is given again: its status and its body, byte by byte. */
export class StoredAnswer extends Answer {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super();
  }

  /** What is known of an answer that will be replaced by the final one. */
  static unfinished(body: string): StoredAnswer {
    return new StoredAnswer(UNFINISHED, body);
  }

  get finished(): boolean {
    return this.status !== UNFINISHED;
  }

  onto(reply: FastifyReply): string | undefined {
    reply.status(this.status).header('idempotency-replayed', 'true');
    if (this.body === '') return undefined;
    reply.header('content-type', 'application/json; charset=utf-8');
    return this.body;
  }
}

/** The key was used before, with another request. */
export class IdempotencyKeyReused extends DomainError {
  constructor() {
    super('key_reused', 'idempotency_key_reused', 'This Idempotency-Key was used before with another request.');
  }
}

/** Seconds after which most first requests are answered. */
const RETRY_AFTER = 5;

/** The first request under the key has not been answered yet. */
export class IdempotencyInProgress extends DomainError {
  constructor() {
    const message = 'The first request with this Idempotency-Key is still running.';
    super('conflict', 'idempotency_in_progress', message, [], { retryAfter: RETRY_AFTER });
  }
}

/**
 * Reads the key of a request.
 * @param header the Idempotency-Key header
 * @returns undefined where there is none
 * @throws {InvalidInput} where it is not 1 to 255 visible ASCII characters
 */
export function idempotentRequest(
  header: string | string[] | undefined,
  caller: string | undefined,
  method: string,
  path: string,
  body: unknown,
): IdempotentRequest | undefined {
  if (header === undefined || caller === undefined) return undefined;
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw InvalidInput.field('Idempotency-Key', 'must be 1 to 255 visible ASCII characters without spaces');
  }
  const hash = createHash('sha256')
    .update(`${method} ${path}\n`)
    .update(JSON.stringify(body ?? null))
    .digest();
  return { caller, key: header, hash };
}

/**
 * A request whose body is no JSON, told apart by what that held.
 * @param digests of its parts, in their order
 */
export function withContent(request: IdempotentRequest, digests: readonly string[]): IdempotentRequest {
  const hash = createHash('sha256').update(request.hash).update(digests.join('\n')).digest();
  return { ...request, hash };
}
