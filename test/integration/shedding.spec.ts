import { Controller, type DynamicModule, HttpCode, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { DomainError } from '../../src/common/domain-error.js';
import { entities } from '../../src/entities.js';
import { Admissions } from '../../src/platform/http/admissions.js';
import { createHttpApp } from '../../src/platform/http/create-app.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { OperationsModule } from '../../src/platform/http/operations.module.js';
import { LeadsTo } from '../../src/platform/http/shedding.js';
import { createLogger } from '../../src/platform/observability/logging.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { Access } from '../../src/platform/security/access.js';
import { testConfig } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';

@Controller('kiln')
class KilnController {
  @Post()
  @HttpCode(204)
  @Access('public')
  @LeadsTo('kiln')
  fire(): void {}

  @Post('elsewhere')
  @HttpCode(204)
  @Access('public')
  @LeadsTo('nowhere')
  lose(): void {}
}

@Module({ controllers: [KilnController] })
class Pottery {}

describe('requests that lead to a bottleneck', () => {
  const kiln = { most: 2, isFull: false, refusal: new DomainError('unavailable', 'kiln_full', 'The kiln is full.') };
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let http: ReturnType<typeof supertest>;
  const lines: Record<string, unknown>[] = [];
  const said = (message: RegExp) => lines.filter(({ msg }) => message.test(String(msg)));

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = testConfig(database);
    const platform = PlatformModule.register({ config, databaseUrl: database.url, entities });
    const module: DynamicModule = { module: Pottery, imports: [platform, HttpModule, OperationsModule] };
    const logger = createLogger('info', { write: (line: string) => lines.push(JSON.parse(line)) });
    app = await createHttpApp(module, config, logger);
    app.get(Admissions).declare('kiln', kiln);
    await app.listen(0, '127.0.0.1');
    http = supertest(app.getHttpServer());
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('leave their places when they are answered', async () => {
    for (let request = 0; request < 3 * kiln.most; request += 1) await http.post('/api/kiln').expect(204);
  });

  it('are refused while it is full, counted, and logged in one line for all of them', async () => {
    kiln.isFull = true;
    for (let request = 0; request < 3; request += 1) await http.post('/api/kiln').expect(503);
    kiln.isFull = false;
    await http.post('/api/kiln').expect(204);
    await eventually(() => {
      const told = said(/too many others wait/).map(({ requests }) => Number(requests));
      expect(told.reduce((sum, count) => sum + count, 0)).toBe(3);
    });
    expect(said(/Request answered/).filter(({ status }) => status === 503)).toEqual([]);
    const metrics = await http.get('/metrics').expect(200);
    expect(metrics.text).toMatch(/route="\/api\/kiln",status="503"\} 3\n/);
  });

  it('fail where nobody has declared the bottleneck', async () => {
    await http.post('/api/kiln/elsewhere').expect(500);
  });
});
