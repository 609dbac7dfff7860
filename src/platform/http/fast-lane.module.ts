import { Module } from '@nestjs/common';
import { CoherenceModule } from '../coherence/coherence.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { FastLane } from './fast-lane.js';

/** Answers from memory, ahead of the pipeline. */
@Module({
  imports: [CoherenceModule, ObservabilityModule, RateLimitsModule],
  providers: [FastLane],
  exports: [FastLane],
})
export class FastLaneModule {}
