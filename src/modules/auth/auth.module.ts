import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { RateLimitsModule } from '../../platform/rate-limits/rate-limits.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { LoginAttempts } from './login-attempts.service.js';
import { OidcController } from './oidc.controller.js';
import { OidcService } from './oidc.service.js';
import { OidcAccounts } from './oidc-accounts.service.js';
import { OidcAttemptsRepository } from './oidc-attempts.repository.js';
import { OidcAttempts } from './oidc-attempts.service.js';
import { OidcSweeps } from './oidc-sweeps.job.js';
import { PasswordHasher } from './password-hasher.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SecondFactorService } from './second-factor.service.js';
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
  imports: [UsersModule, JobsModule, RateLimitsModule],
  controllers: [AuthController, TotpController, OidcController],
  providers: [
    AuthService,
    LoginAttempts,
    SessionsService,
    PasswordHasher,
    RefreshTokensRepository,
    TokenSweeps,
    ...SECOND_FACTOR,
    ...OIDC,
  ],
})
export class AuthModule {}
