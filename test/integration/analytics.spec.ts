import fc from 'fast-check';
import { countedOf } from '../../src/modules/analytics/question.js';
import { RollUps } from '../../src/modules/analytics/roll-ups.service.js';
import { SALE_STATUSES } from '../../src/modules/sales/lifecycle/sale-lifecycle.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paySale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { neverHeldUp } from '../support/lease.js';
import { runs } from '../support/runs.js';
import { emptyTables } from '../support/tables.js';

const PATH = '/api/admin/sales/analytics';

const ACT = fc.record({
  what: fc.constantFrom('buy', 'buy', 'pay', 'ship', 'cancel', 'move', 'later', 'roll'),
  who: fc.nat(2),
  lamps: fc.integer({ min: 1, max: 5 }),
  rugs: fc.integer({ min: 0, max: 3 }),
  country: fc.constantFrom('GB', 'FR'),
  which: fc.nat(),
});
type Act = typeof ACT extends fc.Arbitrary<infer A> ? A : never;

describe('analytics', () => {
  let shop: TestApp;
  let analyst: TestUser;
  let lamp: TestProduct;
  let rug: TestProduct;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off' });
  });
  afterAll(() => shop.close());

  beforeEach(async () => {
    for (const table of ['stock_movements', 'sale_items', 'sale_history', 'invoices', 'invoice_counters', 'payments']) {
      await emptyTables(shop.db, table);
    }
    await emptyTables(shop.db, 'sales', 'products', 'outbox_events', 'analytics_pending');
    await shop.app.get(RollUps).rebuild();
    analyst = await createCustomer(shop, 'manager');
    lamp = await createProduct(shop.db, { sku: 'LAMP', name: 'Lamp', price: 1_999n, stock: 10_000 });
    rug = await createProduct(shop.db, { sku: 'RUG', name: 'Rug', price: 5_000n, stock: 10_000 });
  });

  const ask = (query: object = {}, status = 200) => shop.http.get(PATH).query(query).set(analyst.bearer).expect(status);

  let asked = 0;
  /** Asks what nobody has asked before: what is written past the application ends no cached answer at once. */
  const askAnew = (query: object = {}) => {
    asked += 1;
    return ask({ ...query, limit: 1_000 - asked });
  };

  async function buy(customer: TestUser, items: readonly [TestProduct, number][], country = 'GB'): Promise<string> {
    const { body } = await shop.http
      .post('/api/sales')
      .set(customer.bearer)
      .send({
        items: items.map(([{ id: productId }, quantity]) => ({ productId, quantity })),
        deliveryAddress: { ...ADDRESS, country },
      })
      .expect(201);
    return body.id;
  }

  async function sold(customer: TestUser, items: readonly [TestProduct, number][], country = 'GB'): Promise<string> {
    const id = await buy(customer, items, country);
    await paySale(shop, customer, id).expect(201);
    return id;
  }

  /** What the relay and the job of the leader do. */
  async function rollUp(): Promise<void> {
    const { rows } = await shop.db.query(
      `SELECT DISTINCT aggregate_id AS id FROM outbox_events WHERE published_at IS NULL AND type <> 'sale.placed'
       AND type LIKE 'sale.%'`,
    );
    await shop.app.get(RollUps).handle(rows.map(({ id }) => id));
    await shop.db.query('UPDATE outbox_events SET published_at = now()');
    await shop.app.get(RollUps).catchUp();
  }

  it('adds up what was paid for, by every group', async () => {
    const [ada, bob] = [await createCustomer(shop), await createCustomer(shop)];
    await sold(ada, [
      [lamp, 2],
      [rug, 1],
    ]);
    await sold(ada, [[lamp, 1]], 'FR');
    await sold(bob, [[rug, 1]]);
    await buy(bob, [[rug, 5]]);
    const totals = {
      sales: 3,
      units: 5,
      revenue: '159.97',
      averageOrderValue: '53.32',
      customers: 2,
      returningCustomers: 1,
    };
    const day = shop.clock.now().toISOString().slice(0, 10);
    for (const step of ['as they come', 'summed up']) {
      const days = await ask();
      expect([step, days.body]).toMatchObject([step, { currency: 'USD', totals, timeZone: 'UTC' }]);
      expect(days.body.groups).toEqual([{ key: day, label: day, sales: 3, units: 5, revenue: '159.97' }]);
      const months = await ask({ groupBy: 'month' });
      expect(months.body.groups).toEqual([
        { key: day.slice(0, 7), label: day.slice(0, 7), sales: 3, units: 5, revenue: '159.97' },
      ]);
      const countries = await ask({ groupBy: 'country' });
      expect(countries.body.groups).toEqual([
        { key: 'GB', label: 'United Kingdom', sales: 2, units: 4, revenue: '139.98' },
        { key: 'FR', label: 'France', sales: 1, units: 1, revenue: '19.99' },
      ]);
      const products = await ask({ groupBy: 'product' });
      expect(products.body.groups).toEqual([
        { key: 'RUG', label: 'Rug', id: rug.id, sales: 2, units: 2, revenue: '100.00' },
        { key: 'LAMP', label: 'Lamp', id: lamp.id, sales: 2, units: 3, revenue: '59.97' },
      ]);
      const categories = await ask({ groupBy: 'category' });
      expect(categories.body.groups).toEqual([
        { key: '', label: 'Without category', id: null, sales: 3, units: 5, revenue: '159.97' },
      ]);
      await rollUp();
    }
    expect(await brokenInvariants(shop.db)).toEqual({});
  });

  it('answers alike before and after the sums are brought up to date, whatever happens to sales', async () => {
    let staff = await createCustomer(shop, 'admin');
    const people: TestUser[] = [];
    /** Tokens end after an hour. */
    const arrive = async () => {
      analyst = await createCustomer(shop, 'manager');
      staff = await createCustomer(shop, 'admin');
      for (const place of [0, 1, 2]) people[place] = await createCustomer(shop);
    };
    await arrive();
    const category = await shop.http.post('/api/categories').set(staff.bearer).send({ name: 'Light' }).expect(201);
    const questions = [
      ...['day', 'month', 'country', 'product', 'category'].map((groupBy) => ({ groupBy })),
      { groupBy: 'day', country: 'GB', timeZone: 'Asia/Kathmandu' },
      { groupBy: 'category', category: category.body.slug },
      { groupBy: 'product', status: 'pending' },
      { groupBy: 'country', status: 'cancelled' },
      { groupBy: 'month', product: 'LAMP', timeZone: 'America/New_York' },
      { groupBy: 'day', from: '2020-01-01T00:00:00Z', to: '2026-03-01T12:07:00Z' },
    ];
    const answers = async () => {
      const all = [];
      for (const question of questions) {
        const { asOf: _, ...body } = (await askAnew(question)).body;
        all.push(body);
      }
      return all;
    };
    const placed: { id: string; buyer: TestUser }[] = [];
    const setStatus = async (id: string | undefined, status: string) =>
      id && (await shop.http.patch(`/api/admin/sales/${id}/status`).set(staff.bearer).send({ status }));
    const acts = {
      buy: async ({ who, lamps, rugs, country }: Act) => {
        const buyer = people[who] as TestUser;
        const lines: [TestProduct, number][] = [[lamp, lamps]];
        if (rugs > 0) lines.push([rug, rugs]);
        placed.push({ id: await buy(buyer, lines, country), buyer });
      },
      pay: async (_: Act, sale?: (typeof placed)[number]) => sale && (await paySale(shop, sale.buyer, sale.id)),
      ship: (_: Act, sale?: (typeof placed)[number]) => setStatus(sale?.id, 'shipped'),
      cancel: (_: Act, sale?: (typeof placed)[number]) => setStatus(sale?.id, 'cancelled'),
      move: ({ which }: Act) =>
        shop.db.query('UPDATE products SET category_id = $2 WHERE id = $1', [
          lamp.id,
          which % 2 === 0 ? category.body.id : null,
        ]),
      later: () => {
        shop.clock.advance(7 * 3_600_000);
        return arrive();
      },
      roll: () => rollUp(),
    };
    await fc.assert(
      fc.asyncProperty(fc.array(ACT, { minLength: 4, maxLength: 12 }), async (chosen) => {
        for (const act of chosen) await acts[act.what](act, placed[act.which % Math.max(placed.length, 1)]);
        const live = await answers();
        await rollUp();
        expect(await answers()).toEqual(live);
        await shop.app.get(RollUps).rebuild();
        expect(await answers()).toEqual(live);
        expect(await brokenInvariants(shop.db)).toEqual({});
      }),
      { numRuns: runs(5) },
    );
  });

  it('begins days and months where the time zone does', async () => {
    const ada = await createCustomer(shop);
    const id = await sold(ada, [[lamp, 1]]);
    // Clocks in Kathmandu are 5:45 ahead.
    for (const [placedAt, key] of [
      ['2026-03-31T18:14:59.999Z', '2026-03-31'],
      ['2026-03-31T18:15:00Z', '2026-04-01'],
    ]) {
      await shop.db.query('UPDATE sales SET placed_at = $2 WHERE id = $1', [id, placedAt]);
      await shop.app.get(RollUps).rebuild();
      const query = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z', timeZone: 'Asia/Kathmandu' };
      expect((await askAnew(query)).body.groups).toMatchObject([{ key }]);
      const month = await askAnew({ ...query, groupBy: 'month' });
      expect(month.body.groups).toMatchObject([{ key: key?.slice(0, 7) }]);
    }
  });

  it('takes the very bounds of a period', async () => {
    const ada = await createCustomer(shop);
    const id = await sold(ada, [[lamp, 1]]);
    await shop.db.query(`UPDATE sales SET placed_at = '2026-03-01T10:07:00.500Z' WHERE id = $1`, [id]);
    await shop.app.get(RollUps).rebuild();
    const count = async (from: string, to: string) => (await askAnew({ from, to })).body.totals.sales;
    expect(await count('2026-03-01T10:07:00.500Z', '2026-03-01T10:07:00.501Z')).toBe(1);
    expect(await count('2026-03-01T10:07:00.501Z', '2026-05-01T00:00:00Z')).toBe(0);
    expect(await count('2025-03-01T10:07:00Z', '2026-03-01T10:07:00.500Z')).toBe(0);
    expect(await count('2025-03-01T00:00:00Z', '2026-03-01T10:07:00.501Z')).toBe(1);
  });

  it('compares with the period before', async () => {
    const ada = await createCustomer(shop);
    await sold(ada, [[lamp, 1]]);
    const now = shop.clock.now().getTime();
    const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
    const { body } = await ask({ from: at(2), to: at(6), compare: 'previous' });
    expect(body).toMatchObject({ totals: { sales: 0, averageOrderValue: '0.00' }, previous: { to: at(2) } });
    expect(body.previous).toMatchObject({ from: at(-2), totals: { sales: 1, revenue: '19.99' } });
  });

  it('keeps an answer until a sale changes', async () => {
    const ada = await createCustomer(shop);
    const heldUpAgain = neverHeldUp(shop);
    expect((await ask()).headers['x-cache']).toBe('MISS');
    // A transaction of another database that is older than the last sales keeps PostgreSQL from vouching for them.
    await eventually(async () => expect((await ask()).headers['x-cache']).toBe('HIT'));
    heldUpAgain();
    await sold(ada, [[lamp, 1]]);
    const { headers, body } = await ask();
    expect([headers['x-cache'], body.totals.sales]).toEqual(['MISS', 1]);
  });

  it('gives the groups as CSV', async () => {
    const ada = await createCustomer(shop);
    await sold(ada, [[lamp, 2]]);
    const { text, headers } = await ask({ groupBy: 'product', format: 'csv' });
    expect(headers['content-type']).toContain('text/csv');
    expect(text).toBe('key,label,sales,units,revenue\r\nLAMP,Lamp,1,2,39.98\r\n');
  });

  it.each([
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['timeZone', { timeZone: '+05:30' }],
    ['to', { from: '2026-03-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }],
    ['to', { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' }],
    ['to', { from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' }],
    ['from', { from: '2026-02-30T00:00:00Z' }],
    ['from', { from: '2026-03-01' }],
    ['groupBy', { groupBy: 'weather' }],
    ['status', { status: 'lost' }],
    ['category', { category: 'no-such' }],
    ['product', { product: 'no-such' }],
    ['limit', { limit: 0 }],
    ['colour', { colour: 'red' }],
  ])('refuses a bad %s', async (path, query) => {
    const { body } = await ask(query as Record<string, string>, 400);
    expect(body.errors).toMatchObject([{ path }]);
  });

  it('tells of new and returning customers, by the month of their first sale', async () => {
    const [ada, bob] = [await createCustomer(shop), await createCustomer(shop)];
    const first = await sold(ada, [[lamp, 1]]);
    await shop.db.query(`UPDATE sales SET placed_at = '2025-11-30T23:00:00Z' WHERE id = $1`, [first]);
    await sold(ada, [[lamp, 2]]);
    await sold(bob, [[rug, 1]]);
    const answers = async () => {
      const get = async (query: object) => {
        const { body } = await shop.http
          .get('/api/admin/analytics/customers')
          .query({ to: new Date(shop.clock.now().getTime() + 86_400_000).toISOString(), ...query })
          .set(analyst.bearer)
          .expect(200);
        return body;
      };
      const month = shop.clock.now().toISOString().slice(0, 7);
      asked += 1;
      const moment = `.${String(asked).padStart(3, '0')}Z`;
      const bobs = { month, customers: 1, repeating: 0, sales: 1, revenue: '50.00', lifetimeValue: '50.00' };
      const adas = { month: '2025-11', customers: 1, repeating: 1, sales: 2, revenue: '59.97', lifetimeValue: '59.97' };
      expect(await get({ from: `2025-12-01T00:00:00${moment}` })).toMatchObject({
        newCustomers: 1,
        returningCustomers: 1,
        cohorts: [bobs],
      });
      expect((await get({ from: `2025-11-01T00:00:00${moment}` })).cohorts).toEqual([adas, bobs]);
    };
    await answers();
    await rollUp();
    await shop.app.get(RollUps).rebuild();
    await answers();
  });

  it('tells how many carts came how far', async () => {
    const [ada, bob] = [await createCustomer(shop), await createCustomer(shop)];
    await shop.http.post('/api/cart/items').set(ada.bearer).send({ productId: lamp.id, quantity: 1 }).expect(200);
    await sold(bob, [[lamp, 1]]);
    await buy(bob, [[lamp, 1]]);
    const { body } = await shop.http.get('/api/admin/analytics/funnel').set(analyst.bearer).expect(200);
    expect(body).toMatchObject({ checkouts: 2, paid: 1 });
    expect(body.carts).toBeGreaterThanOrEqual(1);
  });

  it('tells how fast products sell and how long their stock lasts', async () => {
    const ada = await createCustomer(shop);
    await emptyTables(shop.db, 'stock_movements');
    await shop.db.query(
      `INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, created_at)
       SELECT gen_random_uuid(), id, stock, stock, 'receipt', '2025-01-01T00:00:00Z' FROM products`,
    );
    await sold(ada, [[lamp, 500]]);
    const now = shop.clock.now().getTime();
    const period = { from: new Date(now - 9 * 86_400_000).toISOString(), to: new Date(now + 86_400_000).toISOString() };
    const get = (query: object) =>
      shop.http
        .get('/api/admin/analytics/stock')
        .query({ ...period, ...query })
        .set(analyst.bearer)
        .expect(200);
    expect((await get({})).body.items).toEqual([
      // 500 of 10,000 in ten days: the mean is 9,750, and 9,500 last 190 days.
      { productId: lamp.id, sku: 'LAMP', name: 'Lamp', units: 500, stock: 9_500, turn: '0.05', daysLeft: 190 },
    ]);
    expect((await get({ format: 'csv' })).text).toBe(
      'sku,name,units,stock,turn,daysLeft\r\nLAMP,Lamp,500,9500,0.05,190\r\n',
    );
  });

  it('gives an overview in one answer, until a sale changes', async () => {
    const ada = await createCustomer(shop);
    await sold(ada, [[lamp, 1]]);
    await buy(ada, [[rug, 1]]);
    const get = () => shop.http.get('/api/admin/overview').set(analyst.bearer).expect(200);
    expect((await get()).body).toMatchObject({
      currency: 'USD',
      totals: { sales: 1, revenue: '19.99' },
      today: { sales: 1, revenue: '19.99' },
      previous: { totals: { sales: 0 } },
      days: [{ sales: 1 }],
      topProducts: [{ key: 'LAMP', units: 1 }],
      topCountries: [{ key: 'GB', label: 'United Kingdom' }],
      funnel: { checkouts: 2, paid: 1 },
      pendingSales: 1,
      refunds: 0,
      refunded: '0.00',
    });
    await eventually(async () => expect((await get()).headers['x-cache']).toBe('HIT'));
    await sold(ada, [[rug, 1]]);
    const { headers, body } = await get();
    expect([headers['x-cache'], body.totals.sales]).toEqual(['MISS', 2]);
  });

  it('counts or leaves out each status that a sale can have', () => {
    expect(SALE_STATUSES.filter((status) => !countedOf(SALE_STATUSES).includes(status))).toEqual(
      expect.arrayContaining(['pending', 'cancelled', 'returned']),
    );
    expect(countedOf(SALE_STATUSES)).toEqual(expect.arrayContaining(['confirmed', 'shipped', 'delivered']));
  });

  it('is for those who may read analytics', async () => {
    const customer = await createCustomer(shop);
    await shop.http.get(PATH).set(customer.bearer).expect(403);
    await shop.http.get(PATH).expect(401);
  });
});
