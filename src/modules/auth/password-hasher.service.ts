import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Turnstile } from '../../common/turnstile.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Admissions } from '../../platform/http/admissions.js';
import { HashingThread } from '../../platform/security/hashing-thread.js';
import { PasswordHashingBusy, UnacceptablePassword } from './auth.errors.js';
import { normalizePassword, passwordProblems } from './password-rules.js';

/** Each hash keeps a core busy for tens of milliseconds, at a low priority; half of the cores stay free of it. */
const AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2));
/** So many more may be told what to hash by the database meanwhile, so that a slow answer does not leave a core idle. */
const PREPARING = 7;
/** About as many as are hashed within the longest wait. */
const MOST_WAITING = 256;
const LONGEST_WAIT_MS = 5_000;
/** What routes name that hash a password. */
export const PASSWORD_HASHING = 'password-hashing';
const TIME_COST = 2;
const LANES = 1;

/** How hashes of today begin: `$argon2id$v=19$m=19456,t=2,p=1$`, before salt and hash in base64 without padding. */
const parametersOf = ({ PASSWORD_HASH_MEMORY_KIB }: Config): string =>
  `$argon2id$v=19$m=${PASSWORD_HASH_MEMORY_KIB},t=${TIME_COST},p=${LANES}$`;
const randomPart = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

const busy = (): PasswordHashingBusy => new PasswordHashingBusy();

/**
 * Hashes passwords with argon2id; the parameters are those of the OWASP Password Storage Cheat Sheet (19 MiB, two
 * passes, one lane). The whole of a password counts: argon2 has no limit of 72 bytes as bcrypt does.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit, OnApplicationShutdown {
  private readonly turnstile = new Turnstile(AT_ONCE + PREPARING, MOST_WAITING, LONGEST_WAIT_MS, busy);
  private readonly cores = new Turnstile(AT_ONCE, Number.POSITIVE_INFINITY, LONGEST_WAIT_MS, busy);
  private readonly threads = Array.from({ length: AT_ONCE }, () => new HashingThread());
  private readonly idle = [...this.threads];
  private readonly decoy: string;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Admissions) private readonly admissions: Admissions,
  ) {
    this.decoy = `${parametersOf(config)}${randomPart(16)}$${randomPart(32)}`;
  }

  onModuleInit(): void {
    const { turnstile } = this;
    this.admissions.declare(PASSWORD_HASHING, {
      most: AT_ONCE + PREPARING + MOST_WAITING,
      refusal: busy(),
      get isFull() {
        return turnstile.isFull;
      },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  /**
   * Refuses at once what would be refused later anyway, before anything was done for it.
   * @throws {PasswordHashingBusy}
   */
  admit(): void {
    if (this.turnstile.isFull) throw busy();
  }

  /**
   * Does what leads to the hashing of a password when its turn has come: as long as it waits, it takes nothing of the
   * database either.
   * @throws {PasswordHashingBusy} and whatever `work` throws
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turnstile.pass(work);
  }

  /** @throws {PasswordHashingBusy} */
  hash(password: string): Promise<string> {
    const parameters = { memoryCost: this.config.PASSWORD_HASH_MEMORY_KIB, timeCost: TIME_COST, parallelism: LANES };
    return this.inTurn(() => this.onThread((thread) => thread.hash(normalizePassword(password), parameters)));
  }

  /**
   * Hashes a new password, if the rules allow it.
   * @param path the field of the request that brought it
   * @throws {UnacceptablePassword | PasswordHashingBusy}
   */
  async hashNew(path: string, password: string): Promise<string> {
    const problems = passwordProblems(password);
    if (problems.length > 0) throw new UnacceptablePassword(path, problems);
    return this.hash(password);
  }

  /**
   * The password's hash as it would be made today, where that of the account was made with other parameters. To be asked
   * once the password was found right; undefined also while there is too much to hash: the next login will do.
   */
  async renew(passwordHash: string, password: string): Promise<string | undefined> {
    if (passwordHash.startsWith(parametersOf(this.config))) return undefined;
    try {
      return await this.hash(password);
    } catch (error) {
      if (error instanceof PasswordHashingBusy) return undefined;
      throw error;
    }
  }

  /**
   * Whether a password is the one of a hash. Without a hash it is not, and that costs the same, so that the time does
   * not tell whether there is an account. To be asked {@link inTurn}.
   * @throws {PasswordHashingBusy}
   */
  async matches(passwordHash: string | null | undefined, password: string): Promise<boolean> {
    const known = passwordHash ?? this.decoy;
    const same = await this.onThread((thread) => thread.verify(known, normalizePassword(password)));
    return same && typeof passwordHash === 'string';
  }

  private onThread<T>(work: (thread: HashingThread) => Promise<T>): Promise<T> {
    return this.cores.pass(async () => {
      const thread = this.idle.pop();
      if (thread === undefined) throw new Error('More passwords are hashed at once than there are threads.');
      try {
        return await work(thread);
      } finally {
        this.idle.push(thread);
      }
    });
  }
}
