import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { PersonalData } from '../../common/personal-data.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { coversRole, type Permission } from '../../platform/security/permissions.js';
import { Forbidden } from '../../platform/security/principal.js';
import { AuditApi } from '../audit/audit.api.js';
import { UserPrivacy } from '../users/user-privacy.api.js';
import type { UserExport } from './dto/user-export.response.js';

/** Everybody who holds something about people, in the order in which it is erased. */
export const HOLDERS = Symbol('holders of personal data');

/** Milliseconds for which something that began before an erasure may still come in. */
const AFTERMATH = 60 * 60_000;

/** Gives people all that is held about them, and takes them out of everything but the books. */
@Injectable()
export class PrivacyService {
  constructor(
    @Inject(HOLDERS) private readonly holders: readonly PersonalData[],
    private readonly accounts: UserPrivacy,
    private readonly audit: AuditApi,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** All that is held about a user, as it stands at one moment. */
  exportOf(userId: string): Promise<UserExport> {
    return this.uow.run(async () => {
      const held: Record<string, unknown> = {};
      for (const holder of this.holders) held[holder.section] = await holder.exportOf(userId);
      await this.audit.record({ action: 'user.exported', subjectType: 'user', subjectId: userId });
      return { exportedAt: this.clock.now().toISOString(), ...held };
    }, 'REPEATABLE READ');
  }

  /**
   * Erases a person: all or nothing, and for good.
   * @param permissions of who asks for it, where that is somebody else
   * @throws {LastAdministrator} where nobody would be left to administer
   * @throws {Forbidden} where the person may do more than who asks for it, who may be an API key
   * @throws {NotFound} `user_not_found`
   */
  erase(userId: string, permissions?: ReadonlySet<Permission>): Promise<void> {
    return this.uow.run(async () => {
      const role = await this.accounts.holdForErasure(userId);
      if (permissions !== undefined && !coversRole(permissions, role)) throw new Forbidden();
      await this.audit.record({ action: 'user.erased', subjectType: 'user', subjectId: userId });
      await this.eraseFromAll(userId);
    });
  }

  /**
   * Erases again those who were erased lately: a request that was let in just before may have written after it. What
   * is erased already stays as it is.
   */
  async eraseAftermath(signal: AbortSignal): Promise<void> {
    const since = new Date(this.clock.now().getTime() - AFTERMATH);
    for (const userId of await this.accounts.erasedSince(since)) {
      if (signal.aborted) return;
      await this.uow.run(() => this.eraseFromAll(userId));
    }
  }

  private async eraseFromAll(userId: string): Promise<void> {
    for (const holder of this.holders) await holder.erase(userId, this.clock.now());
  }
}
