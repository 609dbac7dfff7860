import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { parseRules } from '../../src/platform/database/reconciliation.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, deliveredSale, paidSale, placeSale } from '../support/buying.js';
import { bundled } from '../support/compiled.js';
import { brokenInvariants, INVARIANTS } from '../support/invariants.js';
import { register } from '../support/people.js';

/** What stands behind the damages below: a shop with every kind of row that a rule looks at. */
let shop: TestApp;
let superuser: pg.Client;
const ids: Record<string, string> = {};

beforeAll(async () => {
  shop = await startApp({ WORKER: 'off' });
  ids.product = (await createProduct(shop.db, { stock: 100 })).id;
  ids.paid = (await paidSale(shop, ids.product, 2)).saleId;
  const cancelled = await paidSale(shop, ids.product, 3);
  ids.cancelled = cancelled.saleId;
  await shop.http.post(`/api/sales/${ids.cancelled}/cancel`).set(cancelled.customer.bearer).send({}).expect(200);
  const customer = await createCustomer(shop);
  const items = [{ productId: ids.product, quantity: 1 }];
  const manager = await createCustomer(shop, 'manager');
  const terms = {
    name: 'Spring',
    code: 'SPRING',
    type: 'percentage',
    percentage: 10,
    usageLimit: 5,
    perCustomerLimit: 1,
  };
  const { body: promotion } = await shop.http.post('/api/admin/promotions').set(manager.bearer).send(terms).expect(201);
  ids.promotion = promotion.id;
  await shop.http.put('/api/cart/coupon').set(customer.bearer).send({ code: 'SPRING' }).expect(200);
  await shop.http.post('/api/cart/items').set(customer.bearer).send(items[0]).expect(200);
  ids.pending = (await placeSale(shop, customer, undefined, { 'Idempotency-Key': 'pending' }).expect(201)).body.id;
  for (let n = 0; n < 2; n += 1) {
    await shop.http.post('/api/delivery-addresses').set(customer.bearer).send(ADDRESS).expect(201);
    await register(shop);
  }
  const make = async (name: string, parentId?: string): Promise<string> =>
    (await shop.http.post('/api/categories').set(manager.bearer).send({ name, parentId }).expect(201)).body.id;
  ids.parent = await make('Parent');
  ids.child = await make('Child', ids.parent);
  ids.partly = await partlyReturned(manager, ids.product);
  superuser = new pg.Client({ connectionString: shop.database.superuserUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await shop.close();
});

/** A delivered sale of which a piece came back, and another is asked back. */
async function partlyReturned(staff: TestUser, productId: string): Promise<string> {
  const { customer, saleId } = await deliveredSale(shop, staff, [{ productId, quantity: 4 }]);
  const ask = async (): Promise<string> => {
    const body = { items: [{ productId, quantity: 1 }], reason: 'One too many.' };
    return (await shop.http.post(`/api/sales/${saleId}/returns`).set(customer.bearer).send(body).expect(201)).body.id;
  };
  const id = await ask();
  for (const status of ['approved', 'received']) {
    await shop.http.patch(`/api/admin/returns/${id}`).set(staff.bearer).send({ status }).expect(200);
  }
  await ask();
  return saleId;
}

/** Damages by the rule that finds them; what guards against each is taken away first. `{name}` is an id. */
const DAMAGES: readonly (readonly [string, string])[] = [
  ['stock equals the sum of its movements', `UPDATE products SET stock = stock + 1 WHERE id = '{product}'`],
  [
    'stock equals the sum of its movements',
    `INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, created_at)
     SELECT gen_random_uuid(), id, 1, stock + 1, 'receipt', now() + interval '1 day' FROM products
     WHERE id = '{product}'`,
  ],
  [
    'stock equals the sum of its movements',
    `ALTER TABLE products DROP CONSTRAINT products_stock_not_negative;
     ALTER TABLE stock_movements DROP CONSTRAINT stock_movements_balance_not_negative;
     INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active, version,
       created_at, updated_at)
     VALUES ('0199aaaa-0000-7000-8000-000000000001', 'N', 'n', 'N', '', 1, 'USD', -1, '{}', '[]', true, 1, now(), now())`,
  ],
  [
    "every movement's balance follows from the one before",
    `UPDATE stock_movements SET balance_after = balance_after + 1 WHERE reason = 'receipt'`,
  ],
  [
    "the times of a product's movements never run back",
    `UPDATE stock_movements SET created_at = created_at + interval '1 hour' WHERE reason = 'receipt'`,
  ],
  [
    "a promotion's uses are those of its sales, within its limit, and its amounts are their discounts",
    `UPDATE promotions SET uses = uses + 1 WHERE id = '{promotion}'`,
  ],
  [
    "a promotion's uses are those of its sales, within its limit, and its amounts are their discounts",
    `UPDATE promotion_uses SET amount = amount + 1 WHERE sale_id = '{pending}'`,
  ],
  [
    'units sold are the movements of reason sale',
    `UPDATE stock_movements SET reason = 'adjustment' WHERE sale_id = '{pending}'`,
  ],
  [
    'cancelled sales have released all they took, others nothing',
    `UPDATE stock_movements SET reason = 'adjustment' WHERE sale_id = '{cancelled}' AND reason = 'release'`,
  ],
  [
    'a sale that was placed under an idempotency key is there, and under no other key',
    `UPDATE idempotency_keys SET body = replace(body, '{pending}', gen_random_uuid()::text) WHERE key = 'pending'`,
  ],
  [
    'a sale that was placed under an idempotency key is there, and under no other key',
    `INSERT INTO idempotency_keys
     SELECT caller, 'another', request_hash, status, body, now() FROM idempotency_keys WHERE key = 'pending'`,
  ],
  [
    'each event of a provider is taken once',
    `ALTER TABLE payment_events DROP CONSTRAINT payment_events_pkey;
     INSERT INTO payment_events SELECT 'sandbox', 'evt', 'payment', NULL, now() FROM generate_series(1, 2)`,
  ],
  [
    "the cart that opens a guest's sale is there",
    `UPDATE sales SET user_id = NULL, cart_id = gen_random_uuid() WHERE id = '{cancelled}'`,
  ],
  ["a sale's items and amounts add up", `UPDATE sale_items SET discount = discount + 1 WHERE sale_id = '{pending}'`],
  [
    "a sale's items and amounts add up",
    `UPDATE sales SET subtotal = subtotal + 1, discount = discount + 1 WHERE id = '{paid}'`,
  ],
  [
    "a sale's tax is that of its lines and its shipping, added or included but not both",
    `UPDATE sale_items SET included_tax = 1 WHERE sale_id = '{pending}'`,
  ],
  [
    "a sale's tax is that of its lines and its shipping, added or included but not both",
    `UPDATE sales SET shipping_tax = 1 WHERE id = '{pending}'`,
  ],
  [
    'an invoice has the taxes of its sale',
    `UPDATE invoices SET shipping_tax = shipping_tax + 1 WHERE sale_id = '{paid}'`,
  ],
  [
    'a sale is confirmed if and only if its total was paid in its currency',
    `UPDATE payments SET amount = amount + 1 WHERE sale_id = '{paid}'`,
  ],
  [
    'a sale is confirmed if and only if its total was paid in its currency',
    `UPDATE payments SET currency = 'EUR' WHERE sale_id = '{paid}'`,
  ],
  [
    'one invoice per sale that was confirmed, with the same total, and none for others',
    `ALTER TABLE invoices DROP CONSTRAINT invoices_total_adds_up;
     UPDATE invoices SET total = total + 1 WHERE sale_id = '{paid}'`,
  ],
  [
    'one invoice per sale that was confirmed, with the same total, and none for others',
    `DELETE FROM sale_history WHERE sale_id = '{paid}' AND to_status = 'confirmed'`,
  ],
  [
    'what was paid for a cancelled sale is being given back',
    `UPDATE payments SET amount = amount + 1, status = 'completed' WHERE sale_id = '{cancelled}';
     UPDATE sales SET payment_status = 'partially_refunded' WHERE id = '{cancelled}'`,
  ],
  [
    'no payment waits on a sale that is decided',
    `DROP INDEX payments_one_open_per_sale;
     INSERT INTO payments (id, sale_id, provider, method, amount, refunded_amount, currency, status, created_at, updated_at)
     SELECT gen_random_uuid(), sale_id, provider, method, amount, 0, currency, 'pending', now(), now()
     FROM payments WHERE sale_id = '{paid}'`,
  ],
  [
    'no invoice without a payment',
    `UPDATE payments SET status = 'failed', failure_code = 'card_declined' WHERE sale_id = '{cancelled}';
     UPDATE sales SET payment_status = 'failed' WHERE id = '{cancelled}'`,
  ],
  [
    'a charge pays its sale or goes back, not both',
    `INSERT INTO stray_charges (id, payment_id, sale_id, provider, provider_ref, amount, currency, reason, status, created_at,
       updated_at)
     SELECT gen_random_uuid(), id, sale_id, provider, provider_ref, amount, currency, 'already_paid', 'pending', now(), now()
     FROM payments WHERE sale_id = '{paid}'`,
  ],
  ['charges that are given up have failed', `UPDATE payments SET giving_up = true WHERE sale_id = '{paid}'`],
  [
    'failed refunds and payments say why',
    `INSERT INTO stray_charges (id, payment_id, sale_id, provider, provider_ref, amount, currency, reason, status, created_at,
       updated_at)
     SELECT gen_random_uuid(), id, sale_id, provider, 'another', amount, currency, 'already_paid', 'failed', now(), now()
     FROM payments WHERE sale_id = '{paid}'`,
  ],
  [
    'no undecided payment or stray charge is left alone for ten minutes while the jobs run',
    `SELECT pg_advisory_xact_lock(7236402);
     INSERT INTO payments (id, sale_id, provider, method, amount, refunded_amount, currency, status, created_at, updated_at)
     SELECT gen_random_uuid(), id, 'sandbox', 'pending', total, 0, currency, 'pending', now(), now() - interval '11 minutes'
     FROM sales WHERE id = '{pending}'`,
  ],
  [
    'invoice numbers have no gap per kind and year',
    `UPDATE invoice_counters SET last = last + 1 WHERE kind = 'invoice'`,
  ],
  [
    'refunds never exceed the payment',
    `UPDATE payments SET refunded_amount = refunded_amount - 1 WHERE sale_id = '{partly}'`,
  ],
  [
    'a refund is the sum of its items, its shipping and its tax',
    `UPDATE refunds SET subtotal = subtotal + 1, discount = discount + 1 WHERE sale_id = '{partly}'`,
  ],
  [
    'no more is given back of a line or of the shipping than was charged',
    `UPDATE sale_items SET refunded_units = refunded_units - 1 WHERE sale_id = '{partly}'`,
  ],
  [
    'no more is given back of a line or of the shipping than was charged',
    `ALTER TABLE refunds DROP CONSTRAINT refunds_parts_not_negative;
     UPDATE refunds SET shipping = -1, tax = 1 WHERE sale_id = '{partly}'`,
  ],
  [
    'a completed refund of an invoiced sale has one credit note of its amount, others none',
    `UPDATE invoices SET refund_id = NULL WHERE sale_id = '{partly}'`,
  ],
  [
    'a completed refund of an invoiced sale has one credit note of its amount, others none',
    `ALTER TABLE invoices DROP CONSTRAINT invoices_total_adds_up;
     UPDATE invoices SET total = total + 1 WHERE sale_id = '{partly}' AND kind = 'credit_note'`,
  ],
  [
    'the status of a payment and of its sale say what was given back',
    `UPDATE sales SET payment_status = 'completed' WHERE id = '{partly}'`,
  ],
  [
    'the status of a payment and of its sale say what was given back',
    `UPDATE payments SET status = 'refunded' WHERE sale_id = '{partly}'`,
  ],
  [
    'units asked back are those of returns that were not refused',
    `UPDATE sale_returns SET status = 'refused' WHERE sale_id = '{partly}' AND status = 'requested'`,
  ],
  [
    'units shipped are those of its shipments: all of a sale that was shipped, none of one that is not paid',
    `UPDATE sale_shipment_items SET quantity = quantity + 1 WHERE sale_id = '{partly}'`,
  ],
  [
    'units shipped are those of its shipments: all of a sale that was shipped, none of one that is not paid',
    `UPDATE sale_items SET shipped_units = 1 WHERE sale_id = '{pending}'`,
  ],
  [
    'units shipped are those of its shipments: all of a sale that was shipped, none of one that is not paid',
    `INSERT INTO sale_shipments (id, sale_id, actor, shipped_at) SELECT id, id, 'x', now() FROM sales WHERE id = '{paid}';
     INSERT INTO sale_shipment_items (shipment_id, sale_id, line_no, quantity)
     SELECT sale_id, sale_id, line_no, quantity FROM sale_items WHERE sale_id = '{paid}';
     UPDATE sale_items SET shipped_units = quantity WHERE sale_id = '{paid}'`,
  ],
  [
    'the ledger has what came back of delivered sales, once',
    `UPDATE stock_movements SET sale_id = NULL WHERE sale_id = '{partly}' AND reason = 'return'`,
  ],
  [
    'one sale.refunded event per completed refund',
    `DELETE FROM outbox_events WHERE type = 'sale.refunded' AND aggregate_id = '{partly}'`,
  ],
  [
    'one stock.changed event per movement of a sale',
    `DELETE FROM outbox_events WHERE type = 'stock.changed' AND data ->> 'saleId' = '{partly}'
       AND data ->> 'reason' = 'return'`,
  ],
  [
    'one sale.placed event per sale',
    `DELETE FROM outbox_events WHERE type = 'sale.placed' AND aggregate_id = '{paid}'`,
  ],
  [
    'one sale.placed event per sale',
    `INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
     SELECT gen_random_uuid(), type, aggregate_id, data, now() FROM outbox_events
     WHERE type = 'sale.placed' AND aggregate_id = '{paid}'`,
  ],
  [
    'one stock.changed event per movement of a sale',
    `DELETE FROM outbox_events WHERE type = 'stock.changed' AND data ->> 'saleId' = '{paid}'`,
  ],
  [
    'no reservation outlives its time by a minute while the jobs run',
    `SELECT pg_advisory_xact_lock(7236402);
     UPDATE sales SET expires_at = now() - interval '2 minutes' WHERE id = '{pending}'`,
  ],
  [
    'no event waits for more than a minute while the jobs run',
    `SELECT pg_advisory_xact_lock(7236402);
     UPDATE outbox_events SET occurred_at = now() - interval '2 minutes' WHERE aggregate_id = '{paid}'`,
  ],
  [
    'one live refresh token per family',
    `DROP INDEX refresh_tokens_one_live_per_family;
     UPDATE refresh_tokens SET family_id = (SELECT family_id FROM refresh_tokens LIMIT 1)`,
  ],
  [
    'at most one default address a customer',
    `DROP INDEX delivery_addresses_one_default; UPDATE delivery_addresses SET is_default = true`,
  ],
  ['an imported sale has no invoice and no payment of ours', `UPDATE sales SET origin = 'import' WHERE id = '{paid}'`],
  [
    'the sums of analytics have each sale as it is, or wait for it',
    `UPDATE outbox_events SET published_at = now() WHERE aggregate_id = '{paid}'`,
  ],
  [
    'sums by the quarter of an hour are those of the sales',
    `INSERT INTO analytics_slots VALUES (now(), 'GB', 'confirmed', 1, 1, 1)`,
  ],
  [
    'sums by product and day are those of the sales',
    `INSERT INTO analytics_product_days VALUES (now(), gen_random_uuid(), 'GB', 'confirmed', 1, 1, 1)`,
  ],
  [
    'sums by product and month are those of the sales',
    `INSERT INTO analytics_product_months VALUES (now(), gen_random_uuid(), 'GB', 'confirmed', 1, 1, 1)`,
  ],
  [
    'sums by category and day are those of the sales, unless a product was moved',
    `INSERT INTO analytics_category_days VALUES (now(), gen_random_uuid(), 'GB', 'confirmed', 1, 1, 1)`,
  ],
  [
    'sums by category and month are those of the sales, unless a product was moved',
    `INSERT INTO analytics_category_months VALUES (now(), gen_random_uuid(), 'GB', 'confirmed', 1, 1, 1)`,
  ],
  [
    'sums by customer and day are those of the sales',
    `INSERT INTO analytics_customer_days VALUES (now(), gen_random_uuid(), 'GB', 'confirmed', 1, 1)`,
  ],
  [
    'sums by customer and month are those of the sales',
    `INSERT INTO analytics_customer_months VALUES (now(), gen_random_uuid(), 'GB', 'confirmed', 1, 1)`,
  ],
  ['categories are a tree of at most ten levels', `UPDATE categories SET parent_id = '{child}' WHERE id = '{parent}'`],
];

test('a shop that nobody has damaged keeps every rule', async () => {
  expect(await brokenInvariants(shop.db)).toEqual({});
});

test.each(DAMAGES)('%s: exactly this rule finds damage %#', async (rule, damage) => {
  await superuser.query('BEGIN');
  try {
    // No trigger and no foreign key stands in the way, as after a restore gone wrong.
    await superuser.query('SET LOCAL session_replication_role = replica');
    await superuser.query(damage.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? ''));
    expect(Object.keys(await brokenInvariants(superuser))).toEqual([rule]);
  } finally {
    await superuser.query('ROLLBACK');
  }
});

test('every rule has a damage that it finds', () => {
  expect(new Set(DAMAGES.map(([rule]) => rule))).toEqual(new Set(INVARIANTS.map(({ name }) => name)));
});

test.each([
  ['no rule', ''],
  ['rules of one name', '-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n'],
])('a file with %s is no file of rules', (_, content) => {
  expect(() => parseRules(content)).toThrow();
});

describe('the command', () => {
  async function reconcile(url: string): Promise<{ code: number; out: string; err: string }> {
    const child = spawn(process.execPath, [bundled('src/cli/reconcile.ts')], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, NODE_ENV: 'test', DATABASE_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
    return { code, out, err };
  }

  test('tells that all is well beside a running shop, and otherwise what is not, with examples', async () => {
    const well = await reconcile(shop.database.url);
    expect([well.code, well.err]).toEqual([0, '']);
    expect(well.out).toContain(`All ${INVARIANTS.length} rules hold.`);
    expect(well.out.match(/^ok {4}/gm)).toHaveLength(INVARIANTS.length);

    await Promise.all(Array.from({ length: 7 }, () => createProduct(shop.db, { stock: 1 })));
    await shop.db.query('UPDATE products SET stock = stock + 1 WHERE stock = 1');
    const damaged = await reconcile(shop.database.url);
    await shop.db.query('UPDATE products SET stock = stock - 1 WHERE stock = 2');
    expect(damaged.code).toBe(1);
    expect(damaged.out).toContain('FAIL  stock equals the sum of its movements: 7 rows');
    expect(damaged.out).toMatch(/\{"id":"[0-9a-f-]{36}","stock":2,"movements":"1"\}/);
    expect(damaged.out).toContain('… and 2 more');
    expect(damaged.out).toContain(`1 of ${INVARIANTS.length} rules are broken.`);
  });

  test('says what to do about a database that has no tables', async () => {
    const empty = new URL(shop.database.url);
    empty.pathname = '/tradepost';
    const { code, err } = await reconcile(empty.href);
    expect(code).toBe(1);
    expect(err).toContain('make migrate');
  });
});
