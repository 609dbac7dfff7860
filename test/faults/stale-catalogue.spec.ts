import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { ask } from '../support/raw-http.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';
import { type ServerProcess, startServerProcess } from '../support/server-process.js';

const PRODUCTS = 20;
const READERS = 6;
const READS_IN_A_PHASE = 150;
/** What is written past the application is noticed within a second; timers may be early by a little. */
const RAW_MS = 1_010;

interface Shown {
  readonly id: string;
  readonly version: number;
}

const describeRedis = redisBinary === undefined ? describe.skip : describe;

describeRedis(`two servers${redisBinary === undefined ? ' (skipped: no redis-server on the PATH)' : ''}`, () => {
  let redis: TestRedis;
  let proxy: TestProxy;
  let shop: TestApp;
  let manager: TestUser;
  let servers: readonly ServerProcess[] = [];
  /** Versions that were acknowledged, by product: nothing older may be shown to who asks from then on. */
  const least = new Map<string, number>();

  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startProxy(Number(new URL(redis.url).port));
    shop = await startApp({ REDIS_URL: redis.url });
    manager = await createCustomer(shop, 'manager');
    for (let i = 0; i < PRODUCTS; i += 1) least.set((await createProduct(shop.db, { price: BigInt(i) })).id, 1);
    const settings = [redis.url, `redis://127.0.0.1:${proxy.port}`].map((url) => ({
      REDIS_URL: url,
      RATE_LIMIT_ENABLED: 'false',
      LOG_LEVEL: 'info',
    }));
    servers = await Promise.all(settings.map((each) => startServerProcess(shop.database, each)));
  }, 120_000);
  afterAll(async () => {
    for (const server of servers) {
      server.kill('SIGTERM');
      await server.ended;
    }
    await shop.close();
    await proxy.close();
    await redis.remove();
  }, 60_000);

  const ids = (): string[] => [...least.keys()];
  /** The first are the popular ones. */
  const someId = (): string => ids()[Math.floor(PRODUCTS * Math.random() ** 2)] ?? '';
  const someServer = (): string => servers[Math.floor(Math.random() * servers.length)]?.url ?? '';
  const acknowledge = (id: string, version: number): void => void least.set(id, Math.max(version, least.get(id) ?? 0));

  async function read(): Promise<string[]> {
    const before = new Map(least);
    const path = Math.random() < 0.5 ? `/api/products/${someId()}` : '/api/products?sort=name';
    const { status, body } = await ask(someServer(), path);
    expect(status).toBe(200);
    const shown: Shown | { items: Shown[] } = JSON.parse(body);
    return ('items' in shown ? shown.items : [shown])
      .filter(({ id, version }) => version < (before.get(id) ?? 0))
      .map(({ id, version }) => `${path} showed version ${version} of ${id} after ${before.get(id)}`);
  }

  async function write(price: number): Promise<void> {
    const id = someId();
    const answer = await fetch(`${someServer()}/api/products/${id}`, {
      method: 'PATCH',
      headers: { ...manager.bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ price: `${price}.00` }),
    });
    expect(answer.status).toBe(200);
    const { version } = (await answer.json()) as Shown;
    acknowledge(id, version);
  }

  async function writePast(): Promise<void> {
    const id = someId();
    const { rows } = await shop.db.query<Shown>(
      'UPDATE products SET price = price + 1, version = version + 1, updated_at = now() WHERE id = $1 RETURNING version',
      [id],
    );
    setTimeout(() => acknowledge(id, rows[0]?.version ?? 0), RAW_MS).unref();
  }

  /** Reads on both servers while something is written all the time; gives what was shown too late. */
  async function phase(): Promise<string[]> {
    const stale: string[] = [];
    let left = READS_IN_A_PHASE;
    const readers = Array.from({ length: READERS }, async () => {
      for (; left > 0; left -= 1) stale.push(...(await read()));
    });
    const writer = (async () => {
      for (let price = 1; left > 0; price += 1) {
        await write(price);
        await writePast();
      }
    })();
    await Promise.all([...readers, writer]);
    return stale;
  }

  it.each<[string, () => unknown, () => unknown]>([
    ['nothing is wrong', () => undefined, () => undefined],
    ['Redis hangs', () => redis.freeze(), () => redis.thaw()],
    ['Redis is killed, and started empty', () => redis.kill(), () => redis.start()],
    ['Redis is flushed', () => redis.run('FLUSHALL'), () => redis.run('FLUSHALL')],
    ['Redis is cut off from one of them', () => proxy.sever(), () => proxy.mend()],
  ])('never show what was before a write that was acknowledged: %s', async (_, breakIt, mendIt) => {
    const during = phase();
    await breakIt();
    const stale = await during;
    const after = phase();
    await mendIt();
    expect([...stale, ...(await after)]).toEqual([]);
  });
});
