import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { MailModule } from '../../platform/mail/mail.module.js';
import { RateLimitsModule } from '../../platform/rate-limits/rate-limits.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountMailQueue } from './account-mail-queue.service.js';
import { AccountMailsService } from './account-mails.service.js';
import { AccountRecoveryController } from './account-recovery.controller.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { Credentials } from './credentials.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationMailsService } from './invitation-mails.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { LoginAttempts } from './login-attempts.service.js';
import { OidcController } from './oidc.controller.js';
import { OidcService } from './oidc.service.js';
import { OidcAccounts } from './oidc-accounts.service.js';
import { OidcAttemptsRepository } from './oidc-attempts.repository.js';
import { OidcAttempts } from './oidc-attempts.service.js';
import { OidcHandoversRepository } from './oidc-handovers.repository.js';
import { OidcHandovers } from './oidc-handovers.service.js';
import { OidcSessions } from './oidc-sessions.service.js';
import { OidcSweeps } from './oidc-sweeps.job.js';
import { OneTimeTokenSweeps } from './one-time-token-sweeps.job.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';
import { OpenInvitations } from './open-invitations.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { PasswordsService } from './passwords.service.js';
import { RefreshService } from './refresh.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionEnds } from './session-ends.service.js';
import { SessionPrivacy } from './session-privacy.api.js';
import { SessionsService } from './sessions.service.js';
import { SignInMeansRepository } from './sign-in-means.repository.js';
import { SignInPrivacy } from './sign-in-privacy.api.js';
import { TokenSweeps } from './token-sweeps.job.js';
import { TotpController } from './totp.controller.js';
import { TotpRepository } from './totp.repository.js';
import { TotpService } from './totp.service.js';
import { TotpResetController } from './totp-reset.controller.js';
import { TotpResetService } from './totp-reset.service.js';
import { TotpSecrets } from './totp-secrets.service.js';
import { UserIdentitiesRepository } from './user-identities.repository.js';

const SECOND_FACTOR = [SecondFactorService, TotpRepository, TotpSecrets, TotpService, TotpResetService];
const OIDC = [
  OidcService,
  OidcAttempts,
  OidcAttemptsRepository,
  OidcAccounts,
  OidcHandovers,
  OidcHandoversRepository,
  OidcSessions,
  UserIdentitiesRepository,
  OidcSweeps,
];

const MAILED_TOKENS = [
  AccountMailQueue,
  AccountMailsService,
  EmailVerificationService,
  InvitationAcceptanceService,
  InvitationMailsService,
  InvitationsRepository,
  InvitationsService,
  OneTimeTokensRepository,
  OneTimeTokensService,
  OneTimeTokenSweeps,
  OpenInvitations,
  PasswordResetService,
];

@Module({
  imports: [AuditModule, UsersModule, JobsModule, MailModule, RateLimitsModule],
  controllers: [
    AuthController,
    AccountRecoveryController,
    InvitationsController,
    TotpController,
    TotpResetController,
    OidcController,
  ],
  providers: [
    AuthService,
    Credentials,
    LoginAttempts,
    PasswordHasher,
    PasswordsService,
    RefreshService,
    RefreshTokensRepository,
    SessionEnds,
    SessionPrivacy,
    SignInMeansRepository,
    SignInPrivacy,
    SessionsService,
    TokenSweeps,
    ...SECOND_FACTOR,
    ...OIDC,
    ...MAILED_TOKENS,
  ],
  exports: [SessionPrivacy, SignInPrivacy],
})
export class AuthModule {}
