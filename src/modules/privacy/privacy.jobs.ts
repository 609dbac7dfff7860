import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { PrivacyService } from './privacy.service.js';

/** What erasure does by itself. */
@Injectable()
export class PrivacyJobs implements OnModuleInit {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly privacy: PrivacyService,
  ) {}

  onModuleInit(): void {
    const run = (signal: AbortSignal): Promise<void> => this.privacy.eraseAftermath(signal);
    this.jobs.register({ name: 'privacy.erase-aftermath', everyMs: 60_000, run });
  }
}
