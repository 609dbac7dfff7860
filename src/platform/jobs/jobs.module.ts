import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../observability/observability.module.js';
import { JobRegistry } from './job-registry.js';
import { JobRunner } from './job-runner.js';
import { Leadership } from './leadership.js';
import { PlatformSweeps } from './platform-sweeps.js';

/** Background jobs, run by one process at a time. */
@Module({
  imports: [ObservabilityModule],
  providers: [JobRegistry, JobRunner, Leadership, PlatformSweeps],
  exports: [JobRegistry, Leadership],
})
export class JobsModule {}
