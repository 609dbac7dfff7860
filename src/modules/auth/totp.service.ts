import { Inject, Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { Forbidden, type UserPrincipal } from '../../platform/security/principal.js';
import { UsersApi } from '../users/users.api.js';
import { Credentials } from './credentials.service.js';
import type {
  ConfirmTotpRequest,
  RecoveryCodesResponse,
  RemoveTotpRequest,
  RenewRecoveryCodesRequest,
  TotpSecretResponse,
} from './dto/totp.dto.js';
import { SecondFactorService } from './second-factor.service.js';

/** What the audit log calls it when password or code is wrong. */
const CHECK_FAILED = 'user.totp_check_failed';

/** What members of the staff do about their own second factor. A stolen access token is not enough for any of it. */
@Injectable()
export class TotpService {
  constructor(
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
    @Inject(UsersApi) private readonly users: UsersApi,
  ) {}

  /** @throws {Forbidden | InvalidCredentials | TotpActive | PasswordHashingBusy} */
  async setUp(principal: UserPrincipal, password: string): Promise<TotpSecretResponse> {
    if (principal.permissions.size === 0) throw new Forbidden();
    const { userId } = principal;
    return this.credentials.confirm(userId, password, 'user.password_check_failed', async () => {
      const { email } = await this.users.getById(userId);
      return this.secondFactor.prepare(userId, email);
    });
  }

  /** @throws {NotFound | InvalidCredentials | TotpActive | TooManyRequests} */
  confirm({ userId }: UserPrincipal, { code }: ConfirmTotpRequest): Promise<RecoveryCodesResponse> {
    return this.credentials.counted(userId, CHECK_FAILED, async () => ({
      recoveryCodes: await this.secondFactor.confirm(userId, code),
    }));
  }

  /**
   * Gives out other recovery codes, for the password or a code of the factor.
   * @throws {NotFound | InvalidInput | InvalidCredentials | TooManyRequests | PasswordHashingBusy}
   */
  renewRecoveryCodes(
    { userId }: UserPrincipal,
    { password, code }: RenewRecoveryCodesRequest,
  ): Promise<RecoveryCodesResponse> {
    const renew = async (): Promise<RecoveryCodesResponse> => ({
      recoveryCodes: await this.secondFactor.renewRecoveryCodes(userId, code),
    });
    if (password !== undefined) return this.credentials.confirm(userId, password, CHECK_FAILED, renew);
    if (code === undefined) throw InvalidInput.field('password', 'must be given, or code in its place');
    return this.credentials.counted(userId, CHECK_FAILED, renew);
  }

  /** Open to everybody: who has left the staff may have a second factor still. */
  async remove({ userId }: UserPrincipal, { password, code }: RemoveTotpRequest): Promise<void> {
    await this.credentials.confirm(userId, password, CHECK_FAILED, () => this.secondFactor.remove(userId, code));
  }
}
