import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { pino } from 'pino';
import { ReplicaSession } from '../../src/platform/coherence/replica-session.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { addToCart, paySale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { neverHeldUp } from '../support/lease.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';
import { runs } from '../support/runs.js';

interface Seen {
  readonly status: number;
  readonly cache: string | undefined;
  readonly headers: Record<string, string>;
  readonly body: {
    readonly items: readonly { readonly id: string; readonly email: string | null; readonly status: string }[];
    readonly [field: string]: unknown;
  };
}

async function get(shop: TestApp, path: string, user: TestUser): Promise<Seen> {
  const { status, headers, body } = await shop.http.get(path).set(user.bearer);
  return { status, cache: headers['x-cache'], headers, body };
}

async function buy(shop: TestApp, customer: TestUser, productId: string): Promise<string> {
  const { body } = await placeSale(shop, customer, [{ productId, quantity: 1 }]).expect(201);
  return body.id;
}

function setStatus(shop: TestApp, staff: TestUser, id: string, status: string) {
  return shop.http.patch(`/api/admin/sales/${id}/status`).set(staff.bearer).send({ status });
}

const ACTS = ['buy', 'rename', 'read', 'read'] as const;

/** A customer who buys and changes their name, and what of that was acknowledged. */
class Shopper {
  private bought = 0;
  private renamed = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly customer: TestUser,
    private readonly staff: TestUser,
    private readonly productId: string,
  ) {}

  async buy(shop: TestApp): Promise<void> {
    await buy(shop, this.customer, this.productId);
    this.bought += 1;
  }

  rename(shop: TestApp): Promise<void> {
    this.turn = this.turn.then(async () => {
      const name = `Ada #${this.renamed + 1}`;
      await shop.http.patch('/api/users/me').set(this.customer.bearer).send({ name }).expect(200);
      this.renamed += 1;
    });
    return this.turn;
  }

  async read(shop: TestApp): Promise<void> {
    const { bought, renamed, customer } = this;
    const own = await get(shop, '/api/sales/stats', customer);
    const all = await get(shop, `/api/admin/sales?perPage=100&userId=${customer.id}`, this.staff);
    const { name } = (await get(shop, '/api/users/me', customer)).body;
    expect(own.body.totalSales).toBeGreaterThanOrEqual(bought);
    expect(all.body.items.length).toBeGreaterThanOrEqual(bought);
    expect(Number(String(name).split('#')[1] ?? 0)).toBeGreaterThanOrEqual(renamed);
  }
}

describe('answers of one application', () => {
  const lines: string[] = [];
  let shop: TestApp;
  let staff: TestUser;
  let productId: string;
  let undo: () => void;
  beforeAll(async () => {
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    shop = await startApp({}, undefined, [], log);
    staff = await createCustomer(shop, 'manager');
    productId = (await createProduct(shop.db, { stock: 1_000 })).id;
    undo = neverHeldUp(shop);
  });
  afterAll(async () => {
    undo();
    await shop.close();
  });

  it.each([
    ['/api/users/me', 'customer'],
    ['/api/sales/stats', 'customer'],
    ['/api/cart/total', 'customer'],
    ['/api/admin/sales', 'staff'],
    ['/api/admin/sales?perPage=1&status=pending&q=a@b.example', 'staff'],
  ])('of %s come out of the cache when they are asked for again, as they were', async (path, who) => {
    const customer = await createCustomer(shop);
    for (let i = 0; i < 2; i += 1) await buy(shop, customer, productId);
    await addToCart(shop, customer, productId);
    const asker = who === 'staff' ? staff : customer;
    const [first, second] = [await get(shop, path, asker), await get(shop, path, asker)];
    expect([first.status, first.cache, second.status, second.cache]).toEqual([200, 'MISS', 200, 'HIT']);
    expect(second.body).toEqual(first.body);
    for (const { headers } of [first, second]) {
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
    }
    expect(second.headers.link).toBe(first.headers.link);
  });

  it('of a list keep their places apart, and say where the next one is', async () => {
    const customer = await createCustomer(shop);
    for (let i = 0; i < 3; i += 1) await buy(shop, customer, productId);
    const path = `/api/admin/sales?perPage=1&userId=${customer.id}`;
    const ids = new Set<string>();
    for (const page of [1, 2, 3, 1, 2, 3]) {
      const { body, headers } = await get(shop, `${path}&page=${page}`, staff);
      ids.add(`${page} ${body.items[0]?.id}`);
      expect(headers.link ?? '').toContain(page === 3 ? 'rel="prev"' : `page=${page + 1}>; rel="next"`);
    }
    expect(ids.size).toBe(3);
    const cursor = await get(shop, `${path}&cursor=`, staff);
    expect([cursor.body.page, cursor.body.total]).toEqual([undefined, undefined]);
  });

  it('are refused as ever where the question is wrong or the thing is missing, and nothing of that is kept', async () => {
    for (let i = 0; i < 2; i += 1) {
      const wrong = await get(shop, '/api/admin/sales?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', staff);
      const missing = await get(shop, `/api/admin/sales/${randomUUID()}`, staff);
      expect([wrong.status, wrong.cache, missing.status, missing.cache]).toEqual([400, undefined, 404, undefined]);
    }
  });

  it('never reach another caller, nor one who may not ask', async () => {
    const [ada, bob] = [await createCustomer(shop), await createCustomer(shop)];
    await buy(shop, ada, productId);
    for (let i = 0; i < 2; i += 1) {
      for (const user of [ada, bob]) {
        expect((await get(shop, '/api/users/me', user)).body.id).toBe(user.id);
        expect((await get(shop, '/api/sales/stats', user)).body.totalSales).toBe(user === ada ? 1 : 0);
        expect((await get(shop, '/api/admin/sales', user)).status).toBe(403);
      }
      for (const path of ['/api/users/me', '/api/sales/stats', '/api/admin/sales']) {
        expect((await shop.http.get(path)).status).toBe(401);
      }
      await get(shop, '/api/admin/sales', staff);
    }
  });

  it('are refused to a token that was revoked, however fresh they are', async () => {
    const customer = await createCustomer(shop);
    for (const cache of ['MISS', 'HIT']) expect((await get(shop, '/api/users/me', customer)).cache).toBe(cache);
    await shop.http.post('/api/users/logout-all').set(customer.bearer).expect(204);
    expect((await get(shop, '/api/users/me', customer)).status).toBe(401);
  });

  it('are told of in the log, without anything personal in their names, and in the metrics', async () => {
    lines.length = 0;
    const customer = await createCustomer(shop);
    const path = '/api/admin/sales?q=grace@hopper.example';
    await get(shop, path, staff);
    await get(shop, path, staff);
    await buy(shop, customer, productId);
    await get(shop, path, staff);
    const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => /^Cache /.test(msg));
    expect(told.map(({ msg, where }) => (where === undefined ? msg : `${msg} ${where}`))).toEqual([
      'Cache miss.',
      'Cache hit. memory',
      'Cache invalidated.',
      'Cache miss.',
    ]);
    expect(JSON.stringify(told)).not.toMatch(/grace|hopper/);
    const { text } = await shop.http.get('/metrics').buffer(true);
    expect(text).toMatch(/cache_reads_total\{result="hit_memory"\} [1-9]/);
    expect(text).toMatch(/cache_reads_total\{result="miss"\} [1-9]/);
    expect(text).toMatch(/cache_invalidations_total\{tag="sales"\} [1-9]/);
    expect(text).toMatch(/cache_memory\{of="bytes"\} [1-9]/);
  });

  it('expire: profile and statistics by the setting, what staff see after ten minutes, totals of carts after two', async () => {
    const customer = await createCustomer(shop);
    await addToCart(shop, customer, productId);
    const paths = ['/api/users/me', '/api/sales/stats', '/api/cart/total'];
    const caches = async (): Promise<string> => {
      const own = await Promise.all(paths.map((path) => get(shop, path, customer)));
      const all = [...own, await get(shop, `/api/admin/sales?userId=${customer.id}`, staff)];
      return all.map(({ cache }) => cache).join(' ');
    };
    expect(await caches()).toBe('MISS MISS MISS MISS');
    shop.clock.advance(105_000);
    expect(await caches()).toBe('HIT HIT HIT HIT');
    shop.clock.advance(20_000);
    expect(await caches()).toBe('HIT HIT MISS HIT');
    shop.clock.advance(180_000);
    expect(await caches()).toBe('MISS MISS MISS HIT');
    shop.clock.advance(300_000);
    expect(await caches()).toBe('MISS MISS MISS MISS');
  });
});

const describeRedis = redisBinary === undefined ? describe.skip : describe;

describeRedis(
  `answers of two replicas${redisBinary === undefined ? ' (skipped: no redis-server on the PATH)' : ''}`,
  () => {
    let redis: TestRedis;
    let replicas: readonly [TestApp, TestApp];
    let staff: TestUser;
    let admin: TestUser;
    let productId: string;

    beforeAll(async () => {
      redis = await startRedis();
      const first = await startApp({ REDIS_URL: redis.url });
      replicas = [first, await startApp({ REDIS_URL: redis.url }, first)];
      staff = await createCustomer(first, 'manager');
      admin = await createCustomer(first, 'admin');
      productId = (await createProduct(first.db, { stock: 100_000 })).id;
      await eventually(() => {
        for (const { app } of replicas) expect(app.get(ReplicaSession, { strict: false }).settled).toBe(true);
      });
    });
    afterAll(async () => {
      for (const replica of [...replicas].reverse()) await replica.close();
      await redis.remove();
    });

    /** What everybody sees of a customer's sales, on both replicas; the same on both, or it fails. */
    async function sales(customer: TestUser): Promise<{ list: string; stats: unknown }> {
      const seen = await Promise.all(
        replicas.map(async (replica) => {
          const list = await get(replica, `/api/admin/sales?userId=${customer.id}`, staff);
          for (const { id, status } of list.body.items) {
            expect((await get(replica, `/api/admin/sales/${id}`, staff)).body.status).toBe(status);
          }
          return list.body.items.map(({ status }) => status).join(',');
        }),
      );
      expect(seen[1]).toEqual(seen[0]);
      const stats = await Promise.all(replicas.map((replica) => get(replica, '/api/sales/stats', customer)));
      expect(stats[1]?.body).toEqual(stats[0]?.body);
      return { list: seen[0] ?? '', stats: stats[0]?.body };
    }

    const stats = (totalSales: number, pendingSales: number, completedSales: number, totalSpent: string) => ({
      totalSales,
      pendingSales,
      completedSales,
      totalSpent,
      currency: 'USD',
    });

    it('show each step of a sale at once, on whichever it was made', async () => {
      const customer = await createCustomer(replicas[0]);
      const [one, two] = replicas;
      expect(await sales(customer)).toEqual({ list: '', stats: stats(0, 0, 0, '0.00') });
      const first = await buy(one, customer, productId);
      const price = (await get(one, `/api/sales/${first}`, customer)).body.total as string;
      const second = await buy(two, customer, productId);
      expect(await sales(customer)).toEqual({ list: 'pending,pending', stats: stats(2, 2, 0, '0.00') });
      await paySale(two, customer, first).expect(201);
      expect(await sales(customer)).toEqual({ list: 'pending,confirmed', stats: stats(2, 1, 1, price) });
      await paySale(one, customer, second, 'declined').expect(201);
      const failed = await get(two, `/api/admin/sales/${second}`, staff);
      expect(failed.body.paymentStatus).toBe('failed');
      await setStatus(one, staff, second, 'confirmed').expect(200);
      expect((await sales(customer)).list).toBe('confirmed,confirmed');
      await setStatus(two, staff, first, 'shipped').expect(200);
      expect((await sales(customer)).list).toBe('confirmed,shipped');
      await setStatus(one, staff, first, 'delivered').expect(200);
      await setStatus(two, staff, first, 'returned').expect(200);
      expect((await sales(customer)).list).toBe('confirmed,returned');
      const cancelled = await one.http.post(`/api/sales/${second}/cancel`).set(customer.bearer).send({});
      expect(cancelled.status).toBe(200);
      expect(await sales(customer)).toEqual({ list: 'cancelled,returned', stats: stats(2, 0, 0, price) });
      const refunded = await get(two, `/api/admin/sales/${second}`, staff);
      expect(refunded.body.paymentStatus).toBe('refunded');
      await two.http.delete('/api/users/me').set(customer.bearer).expect(204);
      const lists = await Promise.all(
        replicas.map((shop) => get(shop, `/api/admin/sales?userId=${customer.id}`, staff)),
      );
      for (const { body } of lists) expect(body.items.map(({ email }) => email)).toEqual([null, null]);
    });

    it('show a reservation that ran out', async () => {
      const customer = await createCustomer(replicas[0]);
      await buy(replicas[0], customer, productId);
      expect((await sales(customer)).list).toBe('pending');
      replicas[0].clock.advance(16 * 60_000);
      await eventually(async () => expect((await sales(customer)).list).toBe('cancelled'));
    });

    it('show a profile as it was changed last, on whichever', async () => {
      const customer = await createCustomer(replicas[0]);
      const names = async (): Promise<unknown[]> =>
        Promise.all(replicas.map(async (shop) => (await get(shop, '/api/users/me', customer)).body.name));
      for (let i = 0; i < 6; i += 1) {
        await names();
        const shop = replicas[i % 2] ?? replicas[0];
        await shop.http
          .patch('/api/users/me')
          .set(customer.bearer)
          .send({ name: `Ada ${i}` })
          .expect(200);
        expect(await names()).toEqual([`Ada ${i}`, `Ada ${i}`]);
      }
    });

    it('show a new role, and nothing to the tokens of an account that was closed or changed', async () => {
      const customer = await createCustomer(replicas[0]);
      for (const shop of replicas) expect((await get(shop, '/api/users/me', customer)).status).toBe(200);
      const change = (body: object) => replicas[1].http.patch(`/api/users/${customer.id}`).set(admin.bearer).send(body);
      await change({ role: 'support' }).expect(200);
      await eventually(async () => {
        for (const shop of replicas) expect((await get(shop, '/api/users/me', customer)).status).toBe(401);
      });
      const { rows } = await replicas[0].db.query('SELECT tag FROM tag_changes WHERE tag = $1', [
        `users:${customer.id}`,
      ]);
      expect(rows.length).toBeGreaterThan(0);
    });

    it('show when somebody logged in last', async () => {
      const email = `${randomUUID()}@customers.example`;
      const password = 'Str0ng!Passw0rd-x';
      const registered = await replicas[0].http.post('/api/users/register').send({ email, password, name: 'Ada' });
      expect(registered.status).toBe(201);
      const login = () => replicas[1].http.post('/api/users/login').send({ email, password }).expect(200);
      let last = '';
      for (let i = 0; i < 3; i += 1) {
        const { body } = await login();
        const user = { bearer: { authorization: `Bearer ${body.accessToken}` } } as TestUser;
        const seen = await Promise.all(replicas.map((shop) => get(shop, '/api/users/me', user)));
        expect(seen.map((one) => one.body.lastLoginAt)).toEqual([body.user.lastLoginAt, body.user.lastLoginAt]);
        expect(body.user.lastLoginAt > last).toBe(true);
        last = body.user.lastLoginAt;
      }
    });

    it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
      ['is emptied', () => redis.run('FLUSHALL'), async () => undefined],
      ['hangs', async () => redis.freeze(), async () => redis.thaw()],
      ['was killed', () => redis.kill(), () => redis.start()],
    ])('are right and come without an error while Redis %s, and afterwards', async (_, breakIt, mendIt) => {
      const customer = await createCustomer(replicas[0]);
      const rounds = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i += 1) {
          const before = await sales(customer);
          await buy(replicas[i % 2] ?? replicas[0], customer, productId);
          const { list } = await sales(customer);
          expect(list).toBe(['pending', ...(before.list === '' ? [] : [before.list])].join(','));
        }
      };
      await rounds(2);
      await breakIt();
      try {
        await rounds(3);
      } finally {
        await mendIt();
      }
      await rounds(3);
    });

    it('never show less than what was acknowledged before, whoever writes and reads where and when', async () => {
      const act = fc.record({ act: fc.constantFrom(...ACTS), at: fc.nat(1), pause: fc.nat(6) });
      await fc.assert(
        fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 25 }), async (steps) => {
          const shopper = new Shopper(await createCustomer(replicas[0]), staff, productId);
          const running: Promise<void>[] = [];
          for (const { act: what, at, pause } of steps) {
            running.push(shopper[what](replicas[at] ?? replicas[0]));
            for (let i = 0; i < pause; i += 1) await new Promise(setImmediate);
          }
          await Promise.all(running);
          await Promise.all(replicas.map((shop) => shopper.read(shop)));
        }),
        { numRuns: runs(8) },
      );
    });
  },
);
