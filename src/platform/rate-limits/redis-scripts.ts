import { createHash } from 'node:crypto';
import { TOO_LATE, within } from '../../common/within.js';
import { CircuitBreaker } from '../cache/circuit-breaker.js';
import type { RedisClient, RedisLink } from '../cache/redis-link.js';

/** An answer that takes longer is not waited for. */
const SLOW_MS = 100;
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 1_000;
const PREFIX = 'tradepost:rate:';

/** A Lua script that works on one key and answers whole numbers. */
export class RedisScript {
  readonly sha1: string;

  constructor(readonly text: string) {
    this.sha1 = createHash('sha1').update(text).digest('hex');
  }
}

/** Runs scripts on the Redis that the replicas share, as long as it answers. */
export class RedisScripts {
  private readonly breaker = new CircuitBreaker(FAILURES_TO_OPEN, OPEN_MS);

  constructor(private readonly link: RedisLink) {}

  /** Whether a Redis is configured. */
  get configured(): boolean {
    return this.link.client !== undefined;
  }

  /** What a script answers; undefined while Redis is away, slow, full or read-only. */
  async run(script: RedisScript, key: string, args: readonly number[]): Promise<readonly number[] | undefined> {
    const { client } = this.link;
    if (client?.isReady !== true || !this.breaker.allows(Date.now())) return undefined;
    try {
      const answer = await within(SLOW_MS, evaluate(client, script, key, args));
      if (answer !== TOO_LATE) {
        this.breaker.succeeded();
        return answer;
      }
    } catch {
      // Whatever the reason, the caller counts by itself.
    }
    this.breaker.failed(Date.now());
    return undefined;
  }
}

async function evaluate(
  client: RedisClient,
  script: RedisScript,
  key: string,
  args: readonly number[],
): Promise<readonly number[]> {
  const options = { keys: [PREFIX + key], arguments: args.map(String) };
  try {
    return numbers(await client.evalSha(script.sha1, options));
  } catch (error) {
    // A Redis that was started again has forgotten its scripts.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return numbers(await client.eval(script.text, options));
  }
}

function numbers(answer: unknown): readonly number[] {
  if (!Array.isArray(answer)) throw new Error('Redis answered no list.');
  return answer.map(Number);
}
