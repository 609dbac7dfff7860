import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { sweep } from '../../platform/jobs/sweep.js';
import { RevocationList } from '../../platform/security/revocation-list.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';

const HOUR_MS = 3_600_000;

/** Deletes tokens, and revocations of tokens, that have expired anyway. */
@Injectable()
export class TokenSweeps implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(RefreshTokensRepository) private readonly refreshTokens: RefreshTokensRepository,
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'refresh-tokens.sweep',
      everyMs: HOUR_MS,
      run: async (signal) => {
        await sweep(signal, () => this.refreshTokens.sweep(this.clock.now()));
      },
    });
    this.jobs.register({
      name: 'revocations.sweep',
      everyMs: HOUR_MS,
      run: async (signal) => {
        await sweep(signal, () => this.revocations.sweep());
      },
    });
  }
}
