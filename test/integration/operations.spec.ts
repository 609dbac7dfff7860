import { type DynamicModule, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { entities } from '../../src/entities.js';
import { createHttpApp } from '../../src/platform/http/create-app.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { OperationsModule } from '../../src/platform/http/operations.module.js';
import { createLogger } from '../../src/platform/observability/logging.js';
import { Readiness } from '../../src/platform/observability/readiness.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { testConfig } from '../support/app.js';
import { createTestDatabase, type TestDatabase, withAdmin } from '../support/cluster.js';

@Module({})
class Operations {}

describe('operations', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let http: ReturnType<typeof supertest>;
  const lines: Record<string, unknown>[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = testConfig(database);
    const platform = PlatformModule.register({ config, databaseUrl: database.url, entities });
    const module: DynamicModule = {
      module: Operations,
      imports: [platform, HttpModule, OperationsModule],
    };
    const logger = createLogger('debug', { write: (line: string) => lines.push(JSON.parse(line)) });
    app = await createHttpApp(module, config, logger);
    await app.listen(0, '127.0.0.1');
    http = supertest(app.getHttpServer());
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('tells how the shop is doing', async () => {
    const { body, headers } = await http.get('/health').expect(200);
    expect(body).toEqual({
      status: 'ok',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      database: 'up',
      cache: 'memory',
      broker: 'disabled',
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('counts answered requests by route, for Prometheus and as JSON', async () => {
    await http.get('/health/live').expect(200);
    await http.get('/nowhere/1').expect(404);
    await http.get('/nowhere/2').expect(404);
    const text = await http
      .get('/metrics')
      .expect(200)
      .expect('content-type', /^text\/plain; version=0\.0\.4/);
    expect(text.text).toMatch(/^http_requests_total\{method="GET",route="\/health\/live",status="200"\} 1$/m);
    expect(text.text).toMatch(/^http_requests_total\{method="GET",route="unmatched",status="404"\} 2$/m);
    expect(text.text).toMatch(
      /^http_request_duration_seconds_bucket\{method="GET",route="\/health\/live",le="\+Inf"\} 1$/m,
    );
    expect(text.text).toMatch(/^http_request_duration_seconds_count\{method="GET",route="\/health\/live"\} 1$/m);
    expect(text.text).toMatch(/^outbox_backlog_events 0$/m);
    expect(text.text).toMatch(/^database_pool\{state="total"\} \d+$/m);
    expect(text.text).toMatch(/^process_cpu_seconds_total /m);
    const { body } = await http.get('/metrics').set('accept', 'application/json').expect(200);
    expect(body).toMatchObject({
      uptimeSeconds: expect.any(Number),
      totalRequests: expect.any(Number),
      averageResponseTimeMs: expect.any(Number),
      requestsByEndpoint: { 'GET /health/live': 1, 'GET unmatched': 2, 'GET /metrics': 1 },
      figures: { outbox_backlog_events: 0, 'cache_reads_total.hit_memory': 0 },
    });
  });

  const answered = () => lines.filter(({ msg }) => msg === 'Request answered.');

  it('logs each answered request once, without the secrets of its address', async () => {
    lines.length = 0;
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await http.get('/nowhere?token=abc&page=2').set({ traceparent, 'x-request-id': 'r-1' }).expect(404);
    expect(answered()).toEqual([
      expect.objectContaining({
        level: 'info',
        method: 'GET',
        route: 'unmatched',
        url: '/nowhere?token=[redacted]&page=2',
        status: 404,
        ms: expect.any(Number),
        requestId: 'r-1',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      }),
    ]);
    lines.length = 0;
    await http.get('/health/live').expect(200);
    expect(answered()).toMatchObject([{ level: 'debug', route: '/health/live' }]);
  });

  it('is ready only while nothing stands in the way', async () => {
    await http.get('/health/ready').expect(200);
    const readiness = app.get(Readiness);
    let migrated = false;
    readiness.require({ name: 'migrations', passed: async () => migrated });
    readiness.shuttingDown = true;
    const { body, headers } = await http.get('/health/ready').expect(503);
    expect(body).toMatchObject({ status: 'not_ready', reasons: ['shutting_down', 'migrations'] });
    expect(headers['retry-after']).toBe('2');
    migrated = true;
    readiness.shuttingDown = false;
    await http.get('/health/ready').expect(200);
  });

  it('stays alive while the database is away, and says so', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const allow = (yes: boolean) =>
      withAdmin(database.superuserUrl.replace(name, 'postgres'), async (client) => {
        await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes}`);
        if (!yes)
          await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      });
    await allow(false);
    try {
      const { body, headers } = await http.get('/health').expect(503);
      expect(body).toMatchObject({ status: 'down', database: 'down', cache: 'memory', broker: 'disabled' });
      expect(headers['retry-after']).toBe('2');
      const ready = await http.get('/health/ready').expect(503);
      expect(ready.body.reasons).toEqual(['database']);
      await http.get('/health/live').expect(200);
      const text = await http.get('/metrics').expect(200);
      expect(text.text).not.toMatch(/^outbox_backlog_events /m);
    } finally {
      await allow(true);
    }
    await http.get('/health').expect(200);
  });
});
