import { FORGET_MS, lockAfter } from './attempt-rules.js';
import { ExpiringMap } from './expiring-map.js';
import { RedisScript, type RedisScripts } from './redis-scripts.js';

export interface AttemptState {
  readonly failures: number;
  /** Milliseconds that the subject is still locked. */
  readonly lockedMs: number;
}

interface Failures {
  readonly count: number;
  readonly lockedUntil: number;
  readonly endsAt: number;
}

/** Failed attempts in the memory of this process. */
export class MemoryAttempts {
  private readonly subjects: ExpiringMap<Failures>;

  constructor(mostSubjects: number) {
    this.subjects = new ExpiringMap(mostSubjects);
  }

  read(subject: string, now: number): AttemptState {
    const { count = 0, lockedUntil = 0 } = this.subjects.get(subject, now) ?? {};
    return { failures: count, lockedMs: Math.max(0, lockedUntil - now) };
  }

  fail(subject: string, allowed: number, now: number): void {
    const count = (this.subjects.get(subject, now)?.count ?? 0) + 1;
    this.subjects.set(subject, { count, lockedUntil: now + lockAfter(count, allowed), endsAt: now + FORGET_MS }, now);
  }

  clear(subject: string): void {
    this.subjects.delete(subject);
  }
}

// Times come from the caller: replicas whose clocks differ disagree on the end of a lock by as much.
const READ = new RedisScript(`
local kept = redis.call('HMGET', KEYS[1], 'failures', 'lockedUntil')
return { tonumber(kept[1] or '0'), math.max(0, tonumber(kept[2] or '0') - tonumber(ARGV[1])) }
`);
const COUNT = new RedisScript(`
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return { failures }
`);
const LOCK = new RedisScript(`
redis.call('HSET', KEYS[1], 'lockedUntil', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {}
`);
const CLEAR = new RedisScript(`return { redis.call('DEL', KEYS[1]) }`);

/** Failed attempts in Redis, for all replicas together. Each answer is undefined, or false, while Redis is away. */
export class SharedAttempts {
  constructor(private readonly scripts: RedisScripts) {}

  async read(subject: string, now: number): Promise<AttemptState | undefined> {
    const answer = await this.scripts.run(READ, subject, [now]);
    if (answer === undefined) return undefined;
    const [failures = 0, lockedMs = 0] = answer;
    return { failures, lockedMs };
  }

  async fail(subject: string, allowed: number, now: number): Promise<boolean> {
    const answer = await this.scripts.run(COUNT, subject, [FORGET_MS]);
    if (answer === undefined) return false;
    const lockMs = lockAfter(answer[0] ?? 0, allowed);
    if (lockMs > 0) await this.scripts.run(LOCK, subject, [now + lockMs, FORGET_MS]);
    return true;
  }

  async clear(subject: string): Promise<void> {
    await this.scripts.run(CLEAR, subject, []);
  }
}
