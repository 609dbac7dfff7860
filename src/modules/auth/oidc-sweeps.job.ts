import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { sweep } from '../../platform/jobs/sweep.js';
import { OidcAttemptsRepository } from './oidc-attempts.repository.js';
import { OidcHandoversRepository } from './oidc-handovers.repository.js';

const HOUR_MS = 3_600_000;

/** Deletes sign-ins that were begun and never finished, or finished and never fetched. */
@Injectable()
export class OidcSweeps implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(OidcAttemptsRepository) private readonly attempts: OidcAttemptsRepository,
    @Inject(OidcHandoversRepository) private readonly handovers: OidcHandoversRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'oidc-attempts.sweep',
      everyMs: HOUR_MS,
      run: async (signal) => {
        await sweep(signal, () => this.attempts.sweep(this.clock.now()));
        await sweep(signal, () => this.handovers.sweep(this.clock.now()));
      },
    });
  }
}
