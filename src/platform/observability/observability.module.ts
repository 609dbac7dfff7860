import { Module } from '@nestjs/common';
import { DatabaseMetrics } from './database-metrics.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** What operators look at. */
@Module({ providers: [Metrics, DatabaseMetrics, Readiness], exports: [Metrics, Readiness] })
export class ObservabilityModule {}
