import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { MailModule } from '../../platform/mail/mail.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountMailsService } from './account-mails.service.js';
import { AccountRecoveryController } from './account-recovery.controller.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationMailsService } from './invitation-mails.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { OneTimeTokenSweeps } from './one-time-token-sweeps.job.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsService } from './sessions.service.js';
import { TokenSweeps } from './token-sweeps.job.js';

const MAILED_TOKENS = [
  AccountMailsService,
  EmailVerificationService,
  InvitationAcceptanceService,
  InvitationMailsService,
  InvitationsRepository,
  InvitationsService,
  OneTimeTokensRepository,
  OneTimeTokensService,
  OneTimeTokenSweeps,
  PasswordResetService,
];

@Module({
  imports: [UsersModule, JobsModule, MailModule],
  controllers: [AuthController, AccountRecoveryController, InvitationsController],
  providers: [AuthService, SessionsService, PasswordHasher, RefreshTokensRepository, TokenSweeps, ...MAILED_TOKENS],
})
export class AuthModule {}
