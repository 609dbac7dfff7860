import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { RateLimitsModule } from '../../platform/rate-limits/rate-limits.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { LoginAttempts } from './login-attempts.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsService } from './sessions.service.js';
import { TokenSweeps } from './token-sweeps.job.js';

@Module({
  imports: [UsersModule, JobsModule, RateLimitsModule],
  controllers: [AuthController],
  providers: [AuthService, LoginAttempts, SessionsService, PasswordHasher, RefreshTokensRepository, TokenSweeps],
})
export class AuthModule {}
