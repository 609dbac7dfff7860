import { Module } from '@nestjs/common';
import { RedisLinkModule } from '../cache/redis-link.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { ChangePruning } from './change-pruning.js';
import { Coherence } from './coherence.js';
import { RedisJournal } from './redis-journal.js';
import { ReplicaSession } from './replica-session.js';

/** Whether what replicas keep in memory may be served. */
@Module({
  imports: [JobsModule, ObservabilityModule, RedisLinkModule],
  providers: [ChangePruning, Coherence, RedisJournal, ReplicaSession],
  exports: [Coherence],
})
export class CoherenceModule {}
