import { setTimeout as delay } from 'node:timers/promises';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { waitedFor } from '../support/locks.js';
import { runJob } from '../support/paying.js';

type Headers = Readonly<Record<string, string>>;

const ORDER = { email: 'guest@example.com', deliveryAddress: ADDRESS };

describe('carts that nobody has changed for long, on two replicas', () => {
  let shop: TestApp;
  let replica: TestApp;
  let lamp: TestProduct;

  beforeAll(async () => {
    const settings = { ...MANY_CONNECTIONS, WORKER: 'false', GUEST_CART_DAYS: '30', CUSTOMER_CART_DAYS: '60' };
    shop = await startApp(settings);
    replica = await startApp(settings, shop);
    lamp = await createProduct(shop.db, { stock: 100_000 });
  });
  afterEach(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
    await shop.db.query('DELETE FROM carts WHERE NOT EXISTS (SELECT FROM sales WHERE cart_id = carts.id)');
    await shop.db.query('DELETE FROM expired_carts');
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const expire = async () => {
    await runJob(shop, 'carts.expire');
  };
  /** For use beside what begins a millisecond after another. */
  const expireInTheMiddle = async () => {
    await delay(10);
    await Promise.all([expire(), runJob(replica, 'carts.expire')]);
  };
  const inTurn = <T>(many: number, act: (n: number) => PromiseLike<T>): Promise<T[]> =>
    times(many, async (n) => {
      await delay(n);
      return act(n);
    });
  const pieces = async (headers: Headers, at = shop): Promise<number> =>
    (await at.http.get('/api/cart').set(headers).expect(200)).body.itemCount;
  const guest = async (product = lamp.id): Promise<Headers> => {
    const filled = await shop.http.post('/api/cart/items').send({ productId: product, quantity: 1 }).expect(200);
    return { 'Cart-Token': filled.headers['cart-token'] as string };
  };
  const customer = async (): Promise<TestUser> => {
    const user = await createCustomer(shop);
    await addToCart(shop, user, lamp.id).expect(200);
    return user;
  };
  /** All carts were begun and changed last so many days ago. */
  const age = (days: number) =>
    shop.db.query(
      `UPDATE carts SET created_at = now() - $1 * interval '1 day', updated_at = now() - $1 * interval '1 day'`,
      [days],
    );
  const begun = async (): Promise<number> => {
    const { rows } = await shop.db.query('SELECT coalesce(sum(carts), 0)::int AS carts FROM expired_carts');
    return rows[0].carts;
  };
  const count = async (): Promise<number> => (await shop.db.query('SELECT FROM carts')).rowCount ?? 0;
  const times = <T>(many: number, act: (n: number) => PromiseLike<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: many }, (_, n) => act(n)));

  it('expire after their days, those of guests before those of customers, and never before', async () => {
    const [ada, someone] = [await customer(), await guest()];
    const seen = async () => [await pieces(ada.bearer), await pieces(someone)];
    await age(29);
    await expire();
    expect(await seen()).toEqual([1, 1]);
    await age(31);
    await expire();
    expect(await seen()).toEqual([1, 0]);
    await age(61);
    await expire();
    expect(await seen()).toEqual([0, 0]);
    expect(await count()).toBe(0);
  });

  it('do not while somebody changes them, however old they are', async () => {
    const changes: ((headers: Headers) => PromiseLike<unknown>)[] = [
      (headers) => shop.http.post('/api/cart/items').set(headers).send({ productId: lamp.id, quantity: 1 }).expect(200),
      (headers) => shop.http.patch(`/api/cart/items/${lamp.id}`).set(headers).send({ quantity: 3 }).expect(200),
      (headers) => shop.http.delete('/api/cart').set(headers).expect(200),
      (headers) => shop.http.delete('/api/cart/coupon').set(headers).expect(200),
    ];
    await times(changes.length, () => guest());
    const carts = await times(changes.length, () => guest());
    await age(100);
    await Promise.all(changes.map((change, index) => change(carts[index] ?? {})));
    await expire();
    expect(await count()).toBe(changes.length);
  });

  it('leave a token that opens nothing, like any other, and their number to who counts carts', async () => {
    const analyst = await createCustomer(shop, 'manager');
    const someone = await guest();
    await times(4, () => guest());
    await age(40);
    await expire();
    const answer = await shop.http
      .post('/api/cart/items')
      .set(someone)
      .send({ productId: lamp.id, quantity: 2 })
      .expect(200);
    expect(answer.headers['cart-token']).toEqual(expect.any(String));
    expect(answer.body.itemCount).toBe(2);
    const at = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
    const funnel = async (from: number, to: number): Promise<number> =>
      (
        await shop.http
          .get('/api/admin/analytics/funnel')
          .query({ from: at(from), to: at(to) })
          .set(analyst.bearer)
          .expect(200)
      ).body.carts;
    expect(await funnel(41, 39)).toBe(5);
    expect(await funnel(39, 1)).toBe(0);
  });

  it('are counted together over any number of pages', async () => {
    await shop.db.query(
      `INSERT INTO carts (id, token_hash, version, created_at, updated_at)
       SELECT gen_random_uuid(), sha256(n::text::bytea), 1, now() - interval '200 days', now() - (n - 0.5) * interval '1 day'
       FROM generate_series(1, 2500) n`,
    );
    await expire();
    expect([await count(), await begun()]).toEqual([30, 2_470]);
    await expire();
    expect([await count(), await begun()]).toEqual([30, 2_470]);
  });

  it('stay, empty, where a guest has bought from them', async () => {
    const someone = await guest();
    const { body: sale } = await shop.http.post('/api/sales').set(someone).send(ORDER).expect(201);
    const payment = { provider: 'sandbox', method: 'ok' };
    await shop.http.post(`/api/sales/${sale.id}/payments`).set(someone).send(payment).expect(201);
    await shop.http.post('/api/cart/items').set(someone).send({ productId: lamp.id, quantity: 1 }).expect(200);
    await age(100);
    await expire();
    expect(await pieces(someone)).toBe(0);
    const { body } = await shop.http.get(`/api/sales/${sale.id}`).set(someone).expect(200);
    await shop.http.get(`/api/invoices/${body.invoiceId}`).set(someone).expect(200);
    const { rows } = await shop.db.query('SELECT xmin FROM carts');
    await expire();
    expect((await shop.db.query('SELECT xmin FROM carts')).rows).toEqual(rows);
    const again = { productId: lamp.id, quantity: 2 };
    const refilled = await shop.http.post('/api/cart/items').set(someone).send(again).expect(200);
    expect(refilled.headers).not.toHaveProperty('cart-token');
    expect(await pieces(someone)).toBe(2);
  });

  it('stay where a guest has bought from them, when a customer takes them over', async () => {
    const [ada, someone] = [await createCustomer(shop), await guest()];
    const { body: sale } = await shop.http.post('/api/sales').set(someone).send(ORDER).expect(201);
    await shop.http.post('/api/cart/items').set(someone).send({ productId: lamp.id, quantity: 4 }).expect(200);
    const both = { ...ada.bearer, ...someone };
    expect(await times(6, (n) => pieces(both, either(n)))).toEqual(Array(6).fill(4));
    expect(await pieces(someone)).toBe(0);
    const paid = await shop.http
      .post(`/api/sales/${sale.id}/payments`)
      .set(someone)
      .send({ provider: 'sandbox', method: 'ok' });
    expect(paid.status).toBe(201);
  });

  it('lose nothing that is put into them at that moment', async () => {
    const customers = await times(20, customer);
    await age(100);
    const runs = expireInTheMiddle();
    const added = await inTurn(20, (n) => addToCart(either(n), customers[n] as TestUser, lamp.id, 10));
    await runs;
    expect(added.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const held = await times(20, (n) => pieces((customers[n] as TestUser).bearer));
    expect(held.filter((each) => each !== 10 && each !== 11)).toEqual([]);
    expect(held).toEqual(added.map(({ body }) => body.itemCount));
    expect(await begun()).toBe(held.filter((each) => each === 10).length);
  });

  it('are sold or gone, never both, where they are checked out at that moment', async () => {
    const customers = await times(20, customer);
    await age(100);
    const runs = expireInTheMiddle();
    const placed = await inTurn(20, (n) => placeSale(either(n), customers[n] as TestUser, undefined));
    await runs;
    const sold = placed.filter(({ status }) => status === 201).length;
    expect(placed.filter(({ body }) => body.code === 'cart_empty')).toHaveLength(20 - sold);
    const { rowCount } = await shop.db.query('SELECT FROM carts WHERE user_id IS NOT NULL');
    expect([rowCount, await begun()]).toEqual([sold, 20 - sold]);
  });

  it('open each sale that a guest placed at that moment, of the cart or of something else', async () => {
    const guests = await times(20, () => guest());
    await age(100);
    const items = [{ productId: lamp.id, quantity: 1 }];
    const runs = expireInTheMiddle();
    const placed = await inTurn(20, (n) =>
      either(n)
        .http.post('/api/sales')
        .set(guests[n] as Headers)
        .send(n % 4 < 2 ? { ...ORDER, items } : ORDER),
    );
    await runs;
    expect(placed.filter(({ status }) => ![201, 400, 404].includes(status))).toEqual([]);
    const read = await times(20, async (n) => {
      const { status, body } = placed[n] as (typeof placed)[number];
      if (status !== 201) return status;
      return (await shop.http.get(`/api/sales/${body.id}`).set(guests[n] as Headers)).status + 1;
    });
    expect(read).toEqual(placed.map(({ status }) => status));
  });

  it('sell nothing to a guest who would not find the sale again', async () => {
    const someone = await guest();
    const items = [{ productId: lamp.id, quantity: 1 }];
    const holder = await shop.db.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('DELETE FROM carts WHERE NOT EXISTS (SELECT FROM sales WHERE cart_id = carts.id)');
      const placing = shop.http
        .post('/api/sales')
        .set(someone)
        .send({ ...ORDER, items })
        .then(({ body }) => body.code);
      await eventually(async () => expect(await waitedFor(holder)).toBe(1));
      await holder.query('COMMIT');
      expect(await placing).toBe('cart_not_found');
    } finally {
      holder.release();
    }
  });

  it('wait for who holds them, and stay if they were changed', async () => {
    const [ada, bob] = [await customer(), await customer()];
    await age(100);
    const holder = await shop.db.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('UPDATE carts SET updated_at = now() WHERE user_id = $1', [ada.id]);
      await expire();
      expect([await pieces(ada.bearer), await pieces(bob.bearer)]).toEqual([1, 0]);
      await holder.query('COMMIT');
    } finally {
      holder.release();
    }
    await expire();
    expect(await pieces(ada.bearer)).toBe(1);
  });
});
