import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionsService } from './sessions.service.js';
import { TokenSweeps } from './token-sweeps.job.js';
import { TotpController } from './totp.controller.js';
import { TotpRepository } from './totp.repository.js';
import { TotpService } from './totp.service.js';
import { TotpSecrets } from './totp-secrets.service.js';

const SECOND_FACTOR = [SecondFactorService, TotpRepository, TotpSecrets, TotpService];

@Module({
  imports: [UsersModule, JobsModule],
  controllers: [AuthController, TotpController],
  providers: [AuthService, SessionsService, PasswordHasher, RefreshTokensRepository, TokenSweeps, ...SECOND_FACTOR],
})
export class AuthModule {}
