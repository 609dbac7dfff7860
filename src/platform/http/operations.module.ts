import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/cache.module.js';
import { Health } from '../observability/health.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';

/** The routes that operators and their machines ask. */
@Module({
  imports: [ObservabilityModule, CacheModule],
  providers: [Health],
  controllers: [HealthController, MetricsController],
})
export class OperationsModule {}
