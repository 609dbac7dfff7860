import { Injectable } from '@nestjs/common';
import { NotFound } from '../../common/domain-error.js';
import type { PersonalData } from '../../common/personal-data.js';
import type { Role } from '../../platform/security/permissions.js';
import { ProfileCache } from './profile.cache.js';
import { type AccountRow, UserPrivacyRepository } from './user-privacy.repository.js';
import { LastAdministrator } from './users.errors.js';
import { UsersRepository } from './users.repository.js';

/** The account of a person, as personal data. Its row stays, and says nothing: sales and invoices hang on its id. */
@Injectable()
export class UserPrivacy implements PersonalData {
  readonly section = 'account';

  constructor(
    private readonly accounts: UserPrivacyRepository,
    private readonly users: UsersRepository,
    private readonly profiles: ProfileCache,
  ) {}

  /** @throws {NotFound} `user_not_found` where there is none, or none any longer */
  async exportOf(userId: string): Promise<AccountRow> {
    const account = await this.accounts.findAccount(userId);
    if (account === undefined) throw new NotFound('user');
    return account;
  }

  /**
   * Keeps every other change of an account waiting until the transaction ends, so that it can be erased.
   * @throws {NotFound} `user_not_found` where there is none, or none any longer
   * @returns the role of the account
   * @throws {LastAdministrator} where nobody would be left to administer
   */
  async holdForErasure(userId: string): Promise<Role> {
    const administrators = await this.users.lockAdministrators();
    if (administrators.length === 1 && administrators[0] === userId) throw new LastAdministrator();
    await this.users.lock(userId);
    return (await this.exportOf(userId)).role;
  }

  /**
   * Its unique keys change, so from here on nothing new can refer to the row until the transaction ends (PostgreSQL
   * locks it FOR UPDATE); what was being written about the user before is committed, and seen by what is erased next.
   */
  async erase(userId: string, now: Date): Promise<void> {
    await this.accounts.erase(userId, now);
    this.profiles.changing(userId);
  }

  /** Ids of those who were erased at a moment or after it. */
  erasedSince(moment: Date): Promise<string[]> {
    return this.accounts.erasedSince(moment);
  }
}
