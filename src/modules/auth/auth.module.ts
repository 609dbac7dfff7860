import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionEnds } from './session-ends.service.js';
import { SessionPrivacy } from './session-privacy.api.js';
import { SessionsService } from './sessions.service.js';
import { TokenSweeps } from './token-sweeps.job.js';

@Module({
  imports: [AuditModule, UsersModule, JobsModule],
  controllers: [AuthController],
  providers: [
    AuthService,
    PasswordHasher,
    RefreshTokensRepository,
    SessionEnds,
    SessionPrivacy,
    SessionsService,
    TokenSweeps,
  ],
  exports: [SessionPrivacy],
})
export class AuthModule {}
