import { setTimeout as delay } from 'node:timers/promises';
import { Coherence } from '../../src/platform/coherence/coherence.js';
import { ReplicaSession } from '../../src/platform/coherence/replica-session.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { openPool } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { neverHeldUp } from '../support/lease.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { ask } from '../support/raw-http.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';

/** Two replicas of one shop, and a product that both are asked for all the time. */
class Shop {
  version = 1;
  private writes = 0;

  private constructor(
    readonly replicas: readonly [TestApp, TestApp],
    readonly manager: TestUser,
    readonly productId: string,
  ) {}

  static async open(settings: readonly [Record<string, string>, Record<string, string>]): Promise<Shop> {
    const first = await startApp({ ...settings[0] });
    const second = await startApp({ ...settings[1] }, first);
    const manager = await createCustomer(first, 'manager');
    const { id } = await createProduct(first.db);
    const shop = new Shop([first, second], manager, id);
    await eventually(() => {
      for (const replica of shop.replicas) expect(replica.app.get(ReplicaSession, { strict: false }).leased).toBe(true);
    });
    return shop;
  }

  async close(): Promise<void> {
    for (const replica of [...this.replicas].reverse()) await replica.close();
  }

  coherence(index: 0 | 1): Coherence {
    return this.replicas[index].app.get(Coherence, { strict: false });
  }

  /** Changes the product on one replica; from the answer on, nobody may see what was before. */
  async write(index: 0 | 1): Promise<void> {
    this.writes += 1;
    const answer = await this.replicas[index].http
      .patch(`/api/products/${this.productId}`)
      .set(this.manager.bearer)
      .send({ price: `${this.writes}.00` });
    expect(answer.status).toBe(200);
    this.version = answer.body.version;
  }

  async read(index: 0 | 1): Promise<{ version: number; listed: number }> {
    const { url } = this.replicas[index];
    const detail = await ask(url, `/api/products/${this.productId}`);
    const list = await ask(url, '/api/products?sort=-price');
    expect([detail.status, list.status]).toEqual([200, 200]);
    return { version: JSON.parse(detail.body).version, listed: JSON.parse(list.body).items[0].version };
  }

  /** Writes here and there, and reads everywhere right after each acknowledgement. */
  async neverStale(rounds: number, writers: readonly (0 | 1)[] = [0, 1]): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const writer = writers[round % writers.length] ?? 0;
      await Promise.all([this.read(0), this.read(1)]);
      await this.write(writer);
      const { version } = this;
      expect(await Promise.all([this.read(0), this.read(1)])).toEqual([
        { version, listed: version },
        { version, listed: version },
      ]);
    }
  }

  /** By whose word a replica has trusted its memory since `before`. */
  async trustedBy(index: 0 | 1): Promise<Record<string, number>> {
    const { figures } = await this.replicas[index].app.get(Metrics, { strict: false }).summary();
    const prefix = 'coherence_checks_total.';
    return Object.fromEntries(
      Object.entries(figures).flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    );
  }
}

describe('two replicas without Redis', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open([{}, {}]);
  });
  afterAll(() => shop.close());

  it('show no older version than the last that was acknowledged, and answer from memory', async () => {
    await shop.neverStale(20);
    expect(shop.coherence(0).alone).toBe(false);
    expect((await shop.trustedBy(1)).database).toBeGreaterThan(40);
    const { url } = shop.replicas[1];
    await eventually(async () =>
      expect((await ask(url, `/api/products/${shop.productId}`)).headers['x-cache']).toBe('HIT'),
    );
  });

  it('show what was written past them within a second', async () => {
    await Promise.all([shop.read(0), shop.read(1)]);
    const { db } = shop.replicas[0];
    await db.query('UPDATE products SET price = 99900, name = $2 WHERE id = $1', [shop.productId, 'Rewritten']);
    await delay(1_100);
    for (const { url } of shop.replicas) {
      const { body } = await ask(url, `/api/products/${shop.productId}`);
      expect(JSON.parse(body)).toMatchObject({ price: '999.00', name: 'Rewritten' });
      expect(JSON.parse((await ask(url, '/api/products?sort=-price')).body).items[0].name).toBe('Rewritten');
    }
  });

  it('trust nothing while their connection is away, and are right when it is back', async () => {
    await Promise.all([shop.read(0), shop.read(1)]);
    const owner = openPool(shop.replicas[0].database.superuserUrl, 1);
    for (let round = 0; round < 3; round += 1) {
      await owner.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tradepost replica' AND datname = current_database()",
      );
      await shop.neverStale(2);
    }
    await owner.end();
  });
});

describe('a replica that comes and goes', () => {
  it('takes another one out of its solitude before it changes anything, and gives it back', async () => {
    const first = await startApp();
    try {
      const manager = await createCustomer(first, 'manager');
      const { id } = await createProduct(first.db);
      const path = `/api/products/${id}`;
      const coherence = first.app.get(Coherence, { strict: false });
      await eventually(() => expect(coherence.alone).toBe(true));
      await ask(first.url, path);
      const second = await startApp({}, first);
      const answer = await second.http.patch(path).set(manager.bearer).send({ name: 'From the second' }).expect(200);
      const { body } = await ask(first.url, path);
      expect(JSON.parse(body)).toMatchObject({ name: 'From the second', version: answer.body.version });
      await second.close();
      await eventually(() => expect(coherence.alone).toBe(true));
      await eventually(async () => expect((await ask(first.url, path)).headers['x-cache']).toBe('HIT'));
    } finally {
      await first.close();
    }
  });
});

const describeRedis = redisBinary === undefined ? describe.skip : describe;

describeRedis(
  `two replicas with Redis${redisBinary === undefined ? ' (skipped: no redis-server on the PATH)' : ''}`,
  () => {
    let redis: TestRedis;
    let proxy: TestProxy;
    let shop: Shop;

    beforeAll(async () => {
      redis = await startRedis();
      proxy = await startProxy(Number(new URL(redis.url).port));
      shop = await Shop.open([{ REDIS_URL: redis.url }, { REDIS_URL: `redis://127.0.0.1:${proxy.port}` }]);
      await throughRedis();
    });
    afterAll(async () => {
      await shop.close();
      await proxy.close();
      await redis.remove();
    });

    /** Waits until both replicas trust their memory by the word of Redis. */
    async function throughRedis(): Promise<void> {
      await eventually(async () => {
        const before = await Promise.all([shop.trustedBy(0), shop.trustedBy(1)]);
        await Promise.all([shop.read(0), shop.read(1)]);
        const after = await Promise.all([shop.trustedBy(0), shop.trustedBy(1)]);
        for (const index of [0, 1] as const) {
          expect((after[index].redis ?? 0) - (before[index].redis ?? 0)).toBe(2);
        }
      });
    }

    it('show no older version than the last that was acknowledged, without asking PostgreSQL', async () => {
      // Nobody but these two writes, and each of them tells the other.
      const takeBack = shop.replicas.map(neverHeldUp);
      const before = await shop.trustedBy(1);
      await shop.neverStale(30);
      const after = await shop.trustedBy(1);
      for (const undo of takeBack) undo();
      expect((after.redis ?? 0) - (before.redis ?? 0)).toBeGreaterThan(60);
      expect((after.database ?? 0) - (before.database ?? 0)).toBeLessThan(6);
    });

    it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
      ['hangs', async () => redis.freeze(), async () => redis.thaw()],
      ['was killed, and is back empty', () => redis.kill(), () => redis.start()],
      [
        'refuses to write',
        () => redis.run('CONFIG SET min-replicas-to-write 1'),
        () => redis.run('CONFIG SET min-replicas-to-write 0'),
      ],
      ['is cut off from one of them', async () => proxy.sever(), async () => proxy.mend()],
    ])('are right while Redis %s, and trust it again afterwards', async (_, breakIt, mendIt) => {
      await shop.neverStale(2);
      await breakIt();
      try {
        await shop.neverStale(6, [1, 0]);
      } finally {
        await mendIt();
      }
      await shop.neverStale(6, [1, 0]);
      await throughRedis();
      await shop.neverStale(4);
    });

    it('are right when Redis is emptied, or says what it said before', async () => {
      await shop.neverStale(2);
      await redis.run('FLUSHALL');
      await shop.neverStale(2);
      await redis.run('DEBUG RELOAD');
      await shop.neverStale(2);
      // What a replica that was promoted too early has missed.
      await shop.write(0);
      await redis.run('LPOP tradepost:changes');
      await shop.neverStale(2);
      await throughRedis();
    });

    it('wait for a lease once in an outage, and not at every write', async () => {
      await redis.kill();
      try {
        await shop.write(0);
        const started = performance.now();
        for (let i = 0; i < 10; i += 1) await shop.write(0);
        // Ten leases would be ten seconds.
        expect(performance.now() - started).toBeLessThan(8_000);
      } finally {
        await redis.start();
      }
      await throughRedis();
    });
  },
);
