import { availableParallelism } from 'node:os';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { newToken } from '../../common/tokens.js';
import { Turnstile } from '../../common/turnstile.js';
import { CONFIG, type Config } from '../../config/config.js';
import { PasswordHashingBusy, UnacceptablePassword } from './auth.errors.js';
import { normalizePassword, passwordProblems } from './password-rules.js';

/**
 * Each hash keeps a core busy for tens of milliseconds: half of the cores stay with everything else, which would wait
 * for them otherwise.
 */
const AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2));
/** About as many as are hashed within the longest wait. */
const MOST_WAITING = 256;
const LONGEST_WAIT_MS = 5_000;
const TIME_COST = 2;
const LANES = 1;

/**
 * Hashes passwords with argon2id; the parameters are those of the OWASP Password Storage Cheat Sheet (19 MiB, two
 * passes, one lane). The whole of a password counts: argon2 has no limit of 72 bytes as bcrypt does.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly turnstile = new Turnstile(AT_ONCE, MOST_WAITING, LONGEST_WAIT_MS, () => new PasswordHashingBusy());
  private decoy = '';

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    this.decoy = await this.hash(newToken());
  }

  /**
   * Refuses at once what would be refused later anyway, before anything was done for it.
   * @throws {PasswordHashingBusy}
   */
  admit(): void {
    if (this.turnstile.isFull) throw new PasswordHashingBusy();
  }

  /** @throws {PasswordHashingBusy} */
  hash(password: string): Promise<string> {
    const parameters = { memoryCost: this.config.PASSWORD_HASH_MEMORY_KIB, timeCost: TIME_COST, parallelism: LANES };
    return this.turnstile.pass(() => hash(normalizePassword(password), parameters));
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
    const parameters = `$argon2id$v=19$m=${this.config.PASSWORD_HASH_MEMORY_KIB},t=${TIME_COST},p=${LANES}$`;
    if (passwordHash.startsWith(parameters)) return undefined;
    try {
      return await this.hash(password);
    } catch (error) {
      if (error instanceof PasswordHashingBusy) return undefined;
      throw error;
    }
  }

  /**
   * Whether a password is the one of a hash. Without a hash it is not, and that costs the same, so that the time does
   * not tell whether there is an account.
   * @throws {PasswordHashingBusy}
   */
  async matches(passwordHash: string | null | undefined, password: string): Promise<boolean> {
    const same = await this.turnstile.pass(() => verify(passwordHash ?? this.decoy, normalizePassword(password)));
    return same && typeof passwordHash === 'string';
  }
}
