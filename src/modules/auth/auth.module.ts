import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { RateLimitsModule } from '../../platform/rate-limits/rate-limits.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { Credentials } from './credentials.service.js';
import { LoginAttempts } from './login-attempts.service.js';
import { OidcController } from './oidc.controller.js';
import { OidcService } from './oidc.service.js';
import { OidcAccounts } from './oidc-accounts.service.js';
import { OidcAttemptsRepository } from './oidc-attempts.repository.js';
import { OidcAttempts } from './oidc-attempts.service.js';
import { OidcSweeps } from './oidc-sweeps.job.js';
import { PasswordHasher } from './password-hasher.service.js';
import { PasswordsService } from './passwords.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionEnds } from './session-ends.service.js';
import { SessionPrivacy } from './session-privacy.api.js';
import { SessionsService } from './sessions.service.js';
import { TokenSweeps } from './token-sweeps.job.js';
import { TotpController } from './totp.controller.js';
import { TotpRepository } from './totp.repository.js';
import { TotpService } from './totp.service.js';
import { TotpSecrets } from './totp-secrets.service.js';
import { UserIdentitiesRepository } from './user-identities.repository.js';

const SECOND_FACTOR = [SecondFactorService, TotpRepository, TotpSecrets, TotpService];
const OIDC = [OidcService, OidcAttempts, OidcAttemptsRepository, OidcAccounts, UserIdentitiesRepository, OidcSweeps];

@Module({
  imports: [AuditModule, UsersModule, JobsModule, RateLimitsModule],
  controllers: [AuthController, TotpController, OidcController],
  providers: [
    AuthService,
    Credentials,
    LoginAttempts,
    PasswordHasher,
    PasswordsService,
    RefreshTokensRepository,
    SessionEnds,
    SessionPrivacy,
    SessionsService,
    TokenSweeps,
    ...SECOND_FACTOR,
    ...OIDC,
  ],
  exports: [SessionPrivacy],
})
export class AuthModule {}
