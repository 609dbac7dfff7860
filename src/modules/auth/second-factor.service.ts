import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/domain-error.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditApi } from '../audit/audit.api.js';
import { AccountMailQueue } from './account-mail-queue.service.js';
import { RECOVERY_CODES_RENEWED } from './account-tokens.js';
import { InvalidCredentials, OtpRequired, TotpActive } from './auth.errors.js';
import { hashRecoveryCode, newRecoveryCode, RECOVERY_CODE, RECOVERY_CODES } from './recovery-codes.js';
import { type StoredFactor, TotpRepository } from './totp.repository.js';
import { type NewTotpSecret, TotpSecrets } from './totp-secrets.service.js';

/** The second factor of those who have one: its secret, its codes, and the asking for them. */
@Injectable()
export class SecondFactorService {
  constructor(
    @Inject(TotpRepository) private readonly factors: TotpRepository,
    @Inject(TotpSecrets) private readonly secrets: TotpSecrets,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditApi) private readonly audit: AuditApi,
    @Inject(AccountMailQueue) private readonly mails: AccountMailQueue,
  ) {}

  /**
   * Lets through whoever has no second factor, or shows a code of it that was not used before (RFC 6238, section 5.2).
   * Comes after the password, in the transaction that logs in. A wrong code is told like a wrong password. Without a
   * code nothing was tried: that counts neither as a failure nor as a success.
   * @throws {OtpRequired | InvalidCredentials}
   */
  async demand(userId: string, code: string | undefined): Promise<void> {
    const factor = await this.factors.find(userId);
    if (!factor?.confirmedAt) return;
    if (code === undefined) throw new OtpRequired();
    if (!(await this.take(userId, factor, code))) throw new InvalidCredentials();
  }

  /**
   * Makes a secret, which counts once it is confirmed, in place of another that was not.
   * @throws {TotpActive}
   */
  prepare(userId: string, account: string): Promise<NewTotpSecret['shown']> {
    const { sealed, shown } = this.secrets.make(userId, account);
    return this.uow.run(async () => {
      if (!(await this.factors.putPending(userId, sealed, this.clock.now()))) throw new TotpActive();
      await this.record(userId, 'user.totp_prepared');
      return shown;
    });
  }

  /**
   * Makes the secret count that a code was made with.
   * @returns the recovery codes, of which the hashes alone are kept
   * @throws {NotFound | TotpActive | InvalidCredentials}
   */
  confirm(userId: string, code: string): Promise<string[]> {
    return this.uow.run(async () => {
      const { secret, confirmedAt } = await this.get(userId);
      if (confirmedAt !== null) throw new TotpActive();
      const step = this.secrets.stepOf(userId, secret, code);
      if (step === undefined) throw new InvalidCredentials();
      if (!(await this.factors.confirm(userId, secret, this.clock.now(), step))) throw new TotpActive();
      const codes = newRecoveryCodes();
      await this.factors.addRecoveryCodes(userId, codes.map(hashRecoveryCode));
      await this.record(userId, 'user.totp_confirmed');
      return codes;
    });
  }

  /**
   * Gives out other recovery codes, and tells the owner by mail; those from before are void, used or not.
   * @param code where the request shows one, it has to be right
   * @throws {NotFound | InvalidCredentials}
   */
  renewRecoveryCodes(userId: string, code: string | undefined): Promise<string[]> {
    return this.uow.run(async () => {
      const factor = await this.factors.lock(userId);
      if (!factor?.confirmedAt) throw new NotFound('totp');
      if (code !== undefined && !(await this.take(userId, factor, code))) throw new InvalidCredentials();
      const codes = newRecoveryCodes();
      await this.factors.replaceRecoveryCodes(userId, codes.map(hashRecoveryCode));
      await this.record(userId, 'user.recovery_codes_renewed');
      await this.mails.add(RECOVERY_CODES_RENEWED, { userId });
      return codes;
    });
  }

  /** Removes the factor of somebody else, in a transaction that has locked the user's row. @throws {NotFound} */
  async reset(userId: string): Promise<void> {
    if (!(await this.factors.remove(userId))) throw new NotFound('totp');
    await this.audit.record({ action: 'user.totp_reset', subjectType: 'user', subjectId: userId });
  }

  /** @throws {NotFound | InvalidCredentials} */
  remove(userId: string, code: string): Promise<void> {
    return this.uow.run(async () => {
      const factor = await this.get(userId);
      if (factor.confirmedAt !== null && !(await this.take(userId, factor, code))) throw new InvalidCredentials();
      await this.factors.remove(userId);
      await this.record(userId, 'user.totp_removed');
    });
  }

  /** Whoever gets here has shown to be the user, also where the request has no access token yet. */
  private record(userId: string, action: string): Promise<void> {
    return this.audit.record({ action, subjectType: 'user', subjectId: userId, actorId: userId });
  }

  private async get(userId: string): Promise<StoredFactor> {
    const factor = await this.factors.find(userId);
    if (factor === undefined) throw new NotFound('totp');
    return factor;
  }

  /** Takes a code, which is of no use from then on; false where it is wrong, or was used before. */
  private async take(userId: string, { secret }: StoredFactor, code: string): Promise<boolean> {
    if (RECOVERY_CODE.test(code)) {
      const taken = await this.factors.useRecoveryCode(userId, hashRecoveryCode(code), this.clock.now());
      if (taken) await this.record(userId, 'user.recovery_code_used');
      return taken;
    }
    const step = this.secrets.stepOf(userId, secret, code);
    return step !== undefined && this.factors.takeStep(userId, step);
  }
}

const newRecoveryCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
