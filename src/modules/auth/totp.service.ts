import { Inject, Injectable } from '@nestjs/common';
import { Forbidden, type UserPrincipal } from '../../platform/security/principal.js';
import { UsersApi } from '../users/users.api.js';
import { AuthService } from './auth.service.js';
import type {
  ConfirmTotpRequest,
  RecoveryCodesResponse,
  RemoveTotpRequest,
  TotpSecretResponse,
} from './dto/totp.dto.js';
import { SecondFactorService } from './second-factor.service.js';

/** What members of the staff do about their own second factor. A stolen access token is not enough for any of it. */
@Injectable()
export class TotpService {
  constructor(
    @Inject(AuthService) private readonly auth: AuthService,
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
    @Inject(UsersApi) private readonly users: UsersApi,
  ) {}

  /** @throws {Forbidden | InvalidCredentials | TotpActive | PasswordHashingBusy} */
  async setUp(principal: UserPrincipal, password: string): Promise<TotpSecretResponse> {
    if (principal.permissions.size === 0) throw new Forbidden();
    await this.auth.reauthenticate(principal, password);
    const { email } = await this.users.getById(principal.userId);
    return this.secondFactor.prepare(principal.userId, email);
  }

  /** @throws {NotFound | InvalidCredentials | TotpActive} */
  async confirm(principal: UserPrincipal, { code }: ConfirmTotpRequest): Promise<RecoveryCodesResponse> {
    return { recoveryCodes: await this.secondFactor.confirm(principal.userId, code) };
  }

  /** Open to everybody: who has left the staff may have a second factor still. */
  async remove(principal: UserPrincipal, { password, code }: RemoveTotpRequest): Promise<void> {
    await this.auth.reauthenticate(principal, password);
    await this.secondFactor.remove(principal.userId, code);
  }
}
