import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JobRegistry } from '../jobs/job-registry.js';
import { sweep } from '../jobs/sweep.js';
import { Metrics } from '../observability/metrics.js';
import { OutboxRepository } from './outbox.repository.js';

const HOUR_MS = 3_600_000;
const KEPT_DAYS = 30;

/** Keeps the outbox from growing for ever, and shows how far behind its relay is. */
@Injectable()
export class OutboxUpkeep implements OnModuleInit {
  constructor(
    @Inject(OutboxRepository) private readonly events: OutboxRepository,
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'outbox.sweep',
      everyMs: HOUR_MS,
      run: async (signal) => {
        const before = new Date(this.clock.now().getTime() - KEPT_DAYS * 24 * HOUR_MS);
        await sweep(signal, () => this.events.sweepEvents(before));
        await sweep(signal, () => this.events.sweepConsumed(before));
      },
    });
    const backlog = () => this.events.backlog(this.clock.now());
    this.metrics.gauge('outbox_backlog_events', 'Events that wait to be relayed; counted up to 100,000.', async () => {
      return (await backlog()).events;
    });
    this.metrics.gauge('outbox_oldest_event_seconds', 'Age of the first event that waits.', async () => {
      return (await backlog()).oldestSeconds;
    });
  }
}
