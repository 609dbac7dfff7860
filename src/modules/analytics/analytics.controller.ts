import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CachedJson } from '../../platform/cache/cached-json.js';
import { CachedTable } from '../../platform/http/cached.js';
import { Download } from '../../platform/http/download.js';
import { Access } from '../../platform/security/access.js';
import { AnalyticsService } from './analytics.service.js';
import { AnalyticsQuery } from './dto/analytics.query.js';
import { AnalyticsResponse } from './dto/analytics.response.js';

@ApiTags('Analytics')
@Controller('admin/sales/analytics')
@Access('analytics:read')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  @Get()
  @ApiOperation({
    summary: 'What sales add up to, by day, month, country, product or category',
    description: 'Kept for 10 minutes, or until any sale changes.',
  })
  @CachedTable(AnalyticsResponse)
  async ask(@Query() query: AnalyticsQuery): Promise<CachedJson | Download> {
    if (query.format !== 'csv') return this.analytics.ask(query);
    return Download.csv(`sales-by-${query.groupBy}.csv`, await this.analytics.table(query));
  }
}
