import { Controller, Get, Header, Headers, Inject, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiProperty, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Metrics } from '../observability/metrics.js';
import { RateLimited } from '../rate-limits/rate-limited.js';
import { Access } from '../security/access.js';

const numbers = (description: string, example: Record<string, number>) => ({
  type: 'object' as const,
  additionalProperties: { type: 'number' },
  description,
  example,
});

export class MetricsResponse {
  @ApiProperty({ type: 'integer' })
  uptimeSeconds!: number;

  @ApiProperty({ type: 'integer' })
  totalRequests!: number;

  @ApiProperty(numbers('Answered requests by method and route.', { 'GET /api/products': 42 }))
  requestsByEndpoint!: Readonly<Record<string, number>>;

  @ApiProperty()
  averageResponseTimeMs!: number;

  @ApiProperty(numbers('Memory of the process.', { rss: 120_000_000, heapUsed: 60_000_000 }))
  memoryBytes!: { readonly rss: number; readonly heapUsed: number };

  @ApiProperty(numbers('Other figures by name.', { outbox_backlog_events: 0, 'cache_reads_total.hit': 10 }))
  figures!: Readonly<Record<string, number>>;
}

@ApiTags('Operations')
@Access('public')
@RateLimited('none')
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Header('vary', 'Accept')
  @ApiOperation({ summary: 'Figures of this process, for Prometheus or, with `Accept: application/json`, as JSON' })
  @ApiExtraModels(MetricsResponse)
  @ApiOkResponse({
    content: {
      'text/plain': { schema: { type: 'string' } },
      'application/json': { schema: { $ref: getSchemaPath(MetricsResponse) } },
    },
  })
  read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | MetricsResponse> {
    if (accept?.includes('application/json')) return this.metrics.summary();
    reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
