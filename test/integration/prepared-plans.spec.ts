import { ADD } from '../../src/modules/carts/cart.statements.js';
import { CatalogueRepository } from '../../src/modules/products/catalogue.repository.js';
import { SETTLE } from '../../src/modules/sales/payments/settlement.statements.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { addToCart, paySale, placeSale } from '../support/buying.js';

/** PostgreSQL plans a prepared statement for its values this often before it looks whether one plan serves all. */
const TRIAL_PLANS = 5;
const PURCHASES = 20;

interface PreparedStatement {
  readonly name: string;
  readonly generic: number;
  readonly custom: number;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode | undefined): PlanNode[] =>
  node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(nodesOf)];

describe('statements', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ DATABASE_POOL_SIZE: '1' });
    // The costs of both kinds of plan are those of a shop with a past.
    await shop.db.query(
      `INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
         created_at, updated_at)
       SELECT gen_random_uuid(), 'P-' || n, 'p-' || n, 'Product ' || n, '', 100, 'USD', 0, '{}', '[]', true, 1,
         now(), now()
       FROM generate_series(1, 20000) n`,
    );
    await shop.db.query('ANALYZE');
  });

  afterAll(() => shop.close());

  /** How often the statements that were run as often as this were planned. */
  async function plansOf(runs: number): Promise<PreparedStatement[]> {
    const { rows } = await shop.app.get(Database).runText<PreparedStatement>(
      `SELECT name, generic_plans::int AS generic, custom_plans::int AS custom FROM pg_prepared_statements
       WHERE generic_plans + custom_plans >= ${runs}`,
    );
    return rows;
  }

  it('of a purchase are planned once a connection: to plan the checkout anew takes as long as to run it', async () => {
    const customer = await createCustomer(shop);
    const products = [await createProduct(shop.db, { stock: 500 }), await createProduct(shop.db, { stock: 500 })];
    for (let purchase = 0; purchase < 2 * PURCHASES; purchase += 1) {
      for (const { id } of products) await addToCart(shop, customer, id).expect(200);
      // A cart that was changed otherwise is read before it is sold, one that was just filled is not.
      const item = `/api/cart/items/${products[0]?.id}`;
      if (purchase % 2 === 0) await shop.http.patch(item).set(customer.bearer).send({ quantity: 2 }).expect(200);
      const placed = await placeSale(shop, customer, undefined, { 'Idempotency-Key': `sale-${purchase}` }).expect(201);
      await paySale(shop, customer, placed.body.id).expect(201);
    }
    const rows = await plansOf(PURCHASES);
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['checkout.quote.user.cart', 'checkout.place.batch', 'settlement.settle']),
    );
    expect(rows.filter(({ custom }) => custom > TRIAL_PLANS)).toEqual([]);
  });

  it('that read some products of the catalogue have one plan for any number of them', async () => {
    const { rows } = await shop.db.query<{ id: string }>('SELECT id FROM products LIMIT 20');
    const ids = rows.map(({ id }) => id);
    const catalogue = shop.app.get(CatalogueRepository, { strict: false });
    for (let several = 1; several <= ids.length; several += 1) {
      expect(await catalogue.findByIds(ids.slice(0, several))).toHaveLength(several);
      expect(await catalogue.sellable(ids.slice(0, several))).toHaveLength(several);
    }
    const plans = (await plansOf(ids.length)).filter(({ name }) => name.startsWith('products.'));
    expect(plans.map(({ name }) => name).sort()).toEqual(['products.sellable', 'products.visibleByIds']);
    expect(plans.filter(({ custom }) => custom > TRIAL_PLANS)).toEqual([]);
  });

  it('of a page are planned once a connection, wherever it begins and whatever is searched', async () => {
    const catalogue = shop.app.get(CatalogueRepository, { strict: false });
    const known = new Set((await plansOf(1)).map(({ name }) => name));
    for (let page = 1; page <= PURCHASES; page += 1) {
      const window = { limit: 21, offset: page * 20 };
      expect(await catalogue.list({}, '-createdAt', window)).toHaveLength(21);
      expect(await catalogue.list({ minPrice: BigInt(page) }, 'price', window)).toHaveLength(21);
      expect(await catalogue.list({ q: `Product ${page}7` }, 'relevance', { limit: 21, offset: 0 })).not.toHaveLength(
        0,
      );
    }
    const plans = (await plansOf(PURCHASES)).filter(({ name }) => name.startsWith('products.') && !known.has(name));
    expect(plans.length).toBeGreaterThan(2);
    expect(plans.filter(({ custom }) => custom > TRIAL_PLANS)).toEqual([]);
  });
});

describe('statements of a new shop', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp();
    const customer = await createCustomer(shop);
    const { id: productId } = await createProduct(shop.db, { stock: 5 });
    const { body } = await placeSale(shop, customer, [{ productId, quantity: 1 }]).expect(201);
    await paySale(shop, customer, body.id).expect(201);
    await shop.db.query('ANALYZE payments');
  });

  afterAll(() => shop.close());

  it.each([
    ['carts', ADD.user, 6, 'cart_items'],
    ['settlements', SETTLE, 24, 'payments'],
  ])(
    'that change %s find rows by their keys from the first on: a plan that is made now is kept',
    async (_, { text }, parameters, table) => {
      const database = shop.app.get(Database);
      const nothing = new Array(parameters).fill('NULL').join(', ');
      const plan = await shop.app.get(UnitOfWork).run(async () => {
        await database.runText('SET LOCAL plan_cache_mode = force_generic_plan');
        await database.runText(`PREPARE looked_at AS ${text}`);
        const { rows } = await database.runText<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `EXPLAIN (FORMAT JSON) EXECUTE looked_at (${nothing})`,
        );
        await database.runText('DEALLOCATE looked_at');
        return rows[0]?.['QUERY PLAN'][0].Plan;
      });
      const scans = nodesOf(plan).filter(
        (node) => node['Relation Name'] === table && node['Node Type'].endsWith('Scan'),
      );
      expect(scans).not.toHaveLength(0);
      for (const scan of scans) {
        expect(scan).toMatchObject({
          'Node Type': expect.stringMatching(/^Index (Only )?Scan$/),
          'Index Cond': expect.anything(),
        });
      }
    },
  );
});
