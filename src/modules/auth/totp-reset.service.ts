import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { coversRole } from '../../platform/security/permissions.js';
import { Forbidden, personIdOf, type StaffPrincipal } from '../../platform/security/principal.js';
import { RevocationList } from '../../platform/security/revocation-list.js';
import { UsersApi } from '../users/users.api.js';
import { AccountMailQueue } from './account-mail-queue.service.js';
import { SECOND_FACTOR_RESET } from './account-tokens.js';
import { SecondFactorService } from './second-factor.service.js';

/** Help for colleagues who have lost their second factor and the recovery codes. */
@Injectable()
export class TotpResetService {
  constructor(
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(AccountMailQueue) private readonly mails: AccountMailQueue,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
  ) {}

  /**
   * Removes the second factor of somebody else, ends every session of theirs and tells them by mail.
   * @throws {Forbidden} for one's own, which takes password and code, and for that of somebody who may do more
   * @throws {NotFound} `user_not_found` or `totp_not_found`
   */
  async reset(actor: StaffPrincipal, userId: string): Promise<void> {
    if (personIdOf(actor) === userId) throw new Forbidden();
    await this.uow.run(async () => {
      await this.users.lock(userId);
      const { role } = await this.users.getById(userId);
      if (!coversRole(actor.permissions, role)) throw new Forbidden();
      await this.secondFactor.reset(userId);
      await this.revocations.revokeUser(userId);
      await this.mails.add(SECOND_FACTOR_RESET, { userId });
    });
  }
}
