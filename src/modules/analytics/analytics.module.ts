import { Module } from '@nestjs/common';
import { AnalyticsApi } from './analytics.api.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsRepository } from './analytics.repository.js';
import { AnalyticsService } from './analytics.service.js';
import { ReportsController } from './reports.controller.js';
import { ReportsRepository } from './reports.repository.js';
import { ReportsService } from './reports.service.js';
import { RollUpsRepository } from './roll-ups.repository.js';
import { RollUps } from './roll-ups.service.js';

/** What sales add up to: sums of them, and answers that are exact at any moment. */
@Module({
  controllers: [AnalyticsController, ReportsController],
  providers: [
    AnalyticsApi,
    AnalyticsRepository,
    AnalyticsService,
    ReportsRepository,
    ReportsService,
    RollUps,
    RollUpsRepository,
  ],
  exports: [AnalyticsApi],
})
export class AnalyticsModule {}
