import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Health } from '../observability/health.js';
import { RateLimited } from '../rate-limits/rate-limited.js';
import { Access } from '../security/access.js';

/** Seconds after which a probe may find the database back. */
const RETRY_AFTER = '2';

export class HealthResponse {
  @ApiProperty({ enum: ['ok', 'down'] })
  status!: 'ok' | 'down';

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;

  @ApiProperty({ enum: ['up', 'down'] })
  database!: 'up' | 'down';

  @ApiProperty({ enum: ['up', 'down', 'memory'], description: 'memory: the process caches by itself, without Redis.' })
  cache!: 'up' | 'down' | 'memory';

  @ApiProperty({ enum: ['disabled'], description: 'Events are relayed to no broker.' })
  broker!: 'disabled';
}

export class LivenessResponse {
  @ApiProperty({ enum: ['alive'] })
  status!: 'alive';

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;
}

export class ReadinessResponse {
  @ApiProperty({ enum: ['ready', 'not_ready'] })
  status!: 'ready' | 'not_ready';

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;

  @ApiProperty({
    type: String,
    isArray: true,
    description: 'What stands in the way: `database`, `migrations`, `shutting_down`.',
    example: [],
  })
  reasons!: readonly string[];
}

@ApiTags('Operations')
@Access('public')
@RateLimited('none')
@Controller('health')
export class HealthController {
  constructor(@Inject(Health) private readonly health: Health) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How the shop and what it needs are doing' })
  @ApiOkResponse({ type: HealthResponse, description: 'The database answers.' })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: 'The database is away.' })
  async overall(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const report = await this.health.report();
    return unavailableUnless(report.status === 'ok', reply, report);
  }

  @Get('live')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the process lives', description: 'Answers 200 whatever else is away.' })
  @ApiOkResponse({ type: LivenessResponse })
  live(): LivenessResponse {
    return { status: 'alive', timestamp: new Date().toISOString() };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether requests may be sent here' })
  @ApiOkResponse({ type: ReadinessResponse })
  @ApiServiceUnavailableResponse({ type: ReadinessResponse, description: 'Not now, for the reasons given.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessResponse> {
    const report = await this.health.ready();
    return unavailableUnless(report.status === 'ready', reply, report);
  }
}

function unavailableUnless<T>(fine: boolean, reply: FastifyReply, report: T): T {
  if (!fine) reply.status(503).header('retry-after', RETRY_AFTER);
  return report;
}
