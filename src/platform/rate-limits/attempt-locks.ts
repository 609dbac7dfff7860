import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { type AttemptState, MemoryAttempts, SharedAttempts } from './attempt-stores.js';
import { Lanes } from './lanes.js';
import { TooManyRequests } from './rate-limits.errors.js';
import { RedisScripts } from './redis-scripts.js';

const MOST_SUBJECTS = 50_000;
const MOST_WAITING = 100;
/** Seconds after which those attempts are done that wait for each other. */
const QUEUE_RETRY_SECONDS = 5;

/**
 * Locks what somebody tries to guess, such as a password, after a number of failures: for a minute, and with each
 * further failure for longer. One success, and the failures are forgotten. What is locked refuses the right answer
 * too, or the lock would tell which one it is.
 */
@Injectable()
export class AttemptLocks {
  private readonly enabled: boolean;
  private readonly allowed: number;
  private readonly memory = new MemoryAttempts(MOST_SUBJECTS);
  private readonly shared: SharedAttempts | undefined;
  // One after another, so that a hundred attempts at the same time are not all judged before the first has failed.
  private readonly lanes = new Lanes(MOST_WAITING, () => new TooManyRequests(QUEUE_RETRY_SECONDS));

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(RedisScripts) scripts: RedisScripts,
  ) {
    this.enabled = config.RATE_LIMIT_ENABLED;
    this.allowed = config.RATE_LIMIT_LOGIN_FAILURES;
    if (scripts.configured) this.shared = new SharedAttempts(scripts);
  }

  /**
   * Makes an attempt, unless its subject is locked.
   * @param subject what is guessed, for example `email:<address>`; only its hash is kept
   * @param isFailure whether what the attempt threw was a wrong guess, and not, say, a database that is away
   * @throws {TooManyRequests} with the seconds that the lock still lasts
   */
  async attempt<T>(subject: string, work: () => Promise<T>, isFailure: (error: unknown) => boolean): Promise<T> {
    if (!this.enabled) return work();
    const id = idOf(subject);
    return this.lanes.run(id, async () => {
      const { failures, lockedMs } = await this.read(id);
      if (lockedMs > 0) throw locked(lockedMs);
      try {
        const result = await work();
        if (failures > 0) await this.clear(id);
        return result;
      } catch (error) {
        if (isFailure(error)) await this.fail(id);
        throw error;
      }
    });
  }

  /** Ends a lock and forgets its failures: when the owner has proven to be the owner in another way. */
  async forget(subject: string): Promise<void> {
    if (this.enabled) await this.clear(idOf(subject));
  }

  private async read(id: string): Promise<AttemptState> {
    return (await this.shared?.read(id, this.now())) ?? this.memory.read(id, this.now());
  }

  private async fail(id: string): Promise<void> {
    if ((await this.shared?.fail(id, this.allowed, this.now())) !== true)
      this.memory.fail(id, this.allowed, this.now());
  }

  private async clear(id: string): Promise<void> {
    this.memory.clear(id);
    await this.shared?.clear(id);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function idOf(subject: string): string {
  return `attempts:${createHash('sha256').update(subject).digest('base64url')}`;
}

function locked(milliseconds: number): TooManyRequests {
  const message = 'There were too many failed attempts; try again later, or reset the password.';
  return new TooManyRequests(Math.ceil(milliseconds / 1_000), message);
}
