import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CachedJson } from '../../platform/cache/cached-json.js';
import { Cached, CachedTable } from '../../platform/http/cached.js';
import { Download } from '../../platform/http/download.js';
import { Access } from '../../platform/security/access.js';
import { toCsv } from './analytics-csv.js';
import { PeriodQuery } from './dto/analytics.query.js';
import { ReportQuery, StockQuery } from './dto/reports.query.js';
import { CustomersResponse, FunnelResponse, OverviewResponse, StockResponse } from './dto/reports.response.js';
import { ReportsService } from './reports.service.js';

const KEPT = 'Kept for 10 minutes, or until any sale changes.';

@ApiTags('Analytics')
@Controller('admin')
@Access('analytics:read')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get('overview')
  @ApiOperation({ summary: 'What an administrator wants to know first, in one answer', description: KEPT })
  @Cached(OverviewResponse)
  overview(@Query() query: PeriodQuery): Promise<CachedJson> {
    return this.reports.overview(query);
  }

  @Get('analytics/customers')
  @ApiOperation({
    summary: 'New and returning customers, and what those of each month have been worth since',
    description: `${KEPT} Days are those of UTC. As CSV: the cohorts.`,
  })
  @CachedTable(CustomersResponse)
  customers(@Query() query: ReportQuery): Promise<CachedJson | Download> {
    const columns = ['month', 'customers', 'repeating', 'sales', 'revenue', 'lifetimeValue'] as const;
    return tabled('cohorts.csv', query, this.reports.customers(query), columns, 'cohorts');
  }

  @Get('analytics/funnel')
  @ApiOperation({ summary: 'Carts that were begun, checked out and paid for', description: KEPT })
  @Cached(FunnelResponse)
  funnel(@Query() query: PeriodQuery): Promise<CachedJson> {
    return this.reports.funnel(query);
  }

  @Get('analytics/stock')
  @ApiOperation({ summary: 'How fast products sell, and how long their stock lasts', description: KEPT })
  @CachedTable(StockResponse)
  stock(@Query() query: StockQuery): Promise<CachedJson | Download> {
    const columns = ['sku', 'name', 'units', 'stock', 'turn', 'daysLeft'] as const;
    return tabled('stock.csv', query, this.reports.stock(query), columns, 'items');
  }
}

/** The rows of an answer as CSV, where that is asked for. */
async function tabled<K extends string>(
  name: string,
  { format }: ReportQuery,
  answer: Promise<CachedJson>,
  columns: readonly K[],
  rows: string,
): Promise<CachedJson | Download> {
  const cached = await answer;
  if (format !== 'csv') return cached;
  return Download.csv(name, toCsv(columns, JSON.parse(cached.json)[rows]));
}
