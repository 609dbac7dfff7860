import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { type Letter, writeMail } from '../../platform/mail/letter.js';
import { MailWriters } from '../../platform/mail/mail-writers.js';
import type { Mail } from '../../platform/mail/mailer.js';
import { ShopLinks } from '../../platform/mail/shop-links.js';
import { type UserResponse, UsersApi } from '../users/users.api.js';
import {
  passwordChangedLetter,
  passwordReplacedLetter,
  recoveryCodesRenewedLetter,
  resetLetter,
  secondFactorResetLetter,
  verificationLetter,
} from './account.letters.js';
import {
  EMAIL_VERIFICATION,
  PASSWORD_CHANGED,
  PASSWORD_REPLACED,
  PASSWORD_RESET,
  RECOVERY_CODES_RENEWED,
  RESET_MINUTES,
  SECOND_FACTOR_RESET,
  VERIFICATION_HOURS,
} from './account-tokens.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

type About = Readonly<Record<string, string>>;

/** Writes the mails to those who have an account. Each goes to the address that the account has by then. */
@Injectable()
export class AccountMailsService implements OnModuleInit {
  constructor(
    @Inject(MailWriters) private readonly writers: MailWriters,
    @Inject(OneTimeTokensService) private readonly tokens: OneTimeTokensService,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(ShopLinks) private readonly links: ShopLinks,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const add = (kind: string, write: (about: About) => Promise<Mail | undefined>): void =>
      this.writers.register({ kind, write });
    add(EMAIL_VERIFICATION, (about) => this.verification(about));
    add(PASSWORD_RESET, (about) => this.reset(about));
    add(PASSWORD_CHANGED, (about) => this.notice(about, passwordChangedLetter));
    add(PASSWORD_REPLACED, (about) => this.notice(about, passwordReplacedLetter));
    add(SECOND_FACTOR_RESET, (about) => this.notice(about, secondFactorResetLetter));
    add(RECOVERY_CODES_RENEWED, (about) => this.notice(about, recoveryCodesRenewedLetter));
  }

  private async verification({ userId }: About): Promise<Mail | undefined> {
    const user = await this.addressee(userId);
    if (user === undefined || user.emailVerified) return undefined;
    const token = await this.tokens.issue('email_verification', user.id, user.email);
    const href = this.links.withToken('verify-email', token);
    return this.mail(user.email, verificationLetter(this.config.STORE_NAME, href, VERIFICATION_HOURS));
  }

  private async reset({ email }: About): Promise<Mail | undefined> {
    const account = email === undefined ? undefined : await this.users.findLoginByEmail(email);
    const user = await this.addressee(account?.id);
    if (user === undefined) return undefined;
    const token = await this.tokens.issue('password_reset', user.id, user.email);
    const href = this.links.withToken('reset-password', token);
    return this.mail(user.email, resetLetter(this.config.STORE_NAME, href, RESET_MINUTES));
  }

  private async notice({ userId }: About, write: (storeName: string) => Letter): Promise<Mail | undefined> {
    const user = await this.addressee(userId);
    return user && this.mail(user.email, write(this.config.STORE_NAME));
  }

  /** Closed accounts get no mail, and erased ones have no address. */
  private async addressee(userId: string | undefined): Promise<UserResponse | undefined> {
    const account = userId === undefined ? undefined : await this.users.findLoginById(userId);
    return account?.active ? this.users.getById(account.id) : undefined;
  }

  private mail(to: string, letter: Letter): Mail {
    return writeMail(to, this.config.STORE_NAME, letter);
  }
}
