import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { RefreshService } from './refresh.service.js';
import { RefreshReuses } from './refresh-reuse.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsService } from './sessions.service.js';
import { TokenSweeps } from './token-sweeps.job.js';

@Module({
  imports: [UsersModule, JobsModule],
  controllers: [AuthController],
  providers: [
    AuthService,
    SessionsService,
    PasswordHasher,
    RefreshService,
    RefreshReuses,
    RefreshTokensRepository,
    TokenSweeps,
  ],
})
export class AuthModule {}
