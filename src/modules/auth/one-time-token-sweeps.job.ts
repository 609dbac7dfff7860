import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { sweep } from '../../platform/jobs/sweep.js';
import { InvitationsRepository } from './invitations.repository.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

const HOUR_MS = 3_600_000;

/** Deletes mailed tokens and invitations that have expired. */
@Injectable()
export class OneTimeTokenSweeps implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(OneTimeTokensRepository) private readonly tokens: OneTimeTokensRepository,
    @Inject(InvitationsRepository) private readonly invitations: InvitationsRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'one-time-tokens.sweep',
      everyMs: HOUR_MS,
      run: async (signal) => {
        await sweep(signal, () => this.tokens.sweep(this.clock.now()));
        await sweep(signal, () => this.invitations.sweep(this.clock.now()));
      },
    });
  }
}
