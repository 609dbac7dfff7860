import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/cache.module.js';
import { MediaModule } from '../media/media.module.js';
import { Health } from '../observability/health.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { HealthController } from './health.controller.js';
import { MediaController } from './media.controller.js';
import { MetricsController } from './metrics.controller.js';

/** The routes that operators and their machines ask. */
@Module({
  imports: [ObservabilityModule, CacheModule, MediaModule],
  providers: [Health],
  controllers: [HealthController, MediaController, MetricsController],
})
export class OperationsModule {}
