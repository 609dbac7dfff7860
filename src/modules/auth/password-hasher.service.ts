import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { newToken } from '../../common/tokens.js';
import { CONFIG, type Config } from '../../config/config.js';
import { PasswordHashingBusy, UnacceptablePassword } from './auth.errors.js';
import { normalizePassword, passwordProblems } from './password-rules.js';
import { Turnstile } from './turnstile.js';

/** Each hash keeps a core busy for tens of milliseconds: with more at once, everything else would wait for them. */
const AT_ONCE = 2;
const MOST_WAITING = 64;
const LONGEST_WAIT_MS = 5_000;

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

  /** @throws {PasswordHashingBusy} */
  hash(password: string): Promise<string> {
    const parameters = { memoryCost: this.config.PASSWORD_HASH_MEMORY_KIB, timeCost: 2, parallelism: 1 };
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
   * Whether a password is the one of a hash. Without a hash it is not, and that costs the same, so that the time does
   * not tell whether there is an account.
   * @throws {PasswordHashingBusy}
   */
  async matches(passwordHash: string | null | undefined, password: string): Promise<boolean> {
    const same = await this.turnstile.pass(() => verify(passwordHash ?? this.decoy, normalizePassword(password)));
    return same && typeof passwordHash === 'string';
  }
}
