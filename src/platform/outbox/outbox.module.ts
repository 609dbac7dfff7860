import { Module } from '@nestjs/common';
import { ListenerModule } from '../database/listener.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { EventConsumers } from './event-consumers.js';
import { Outbox } from './outbox.js';
import { OutboxRepository } from './outbox.repository.js';
import { OutboxSignal } from './outbox-signal.js';
import { OutboxUpkeep } from './outbox-upkeep.js';
import { Relay } from './relay.js';

/** Events on their way from the transaction that caused them to their consumers. */
@Module({
  imports: [ListenerModule, JobsModule, ObservabilityModule],
  providers: [Outbox, OutboxRepository, OutboxSignal, EventConsumers, Relay, OutboxUpkeep],
  exports: [Outbox, EventConsumers],
})
export class OutboxModule {}
