import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { type ServerProcess, startServerProcess } from '../support/server-process.js';

interface Order {
  readonly customer: TestUser;
  readonly key: string;
  /** What the customer was answered, once that was a 201. */
  acknowledged?: string;
}

describe('an application that is killed in the middle of checkouts', () => {
  const ORDERS = 60;
  const ANSWERED_BEFORE_THE_KILL = 10;
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp();
  });
  afterAll(() => shop.close());

  async function place(server: ServerProcess, productId: string, order: Order): Promise<Response> {
    const answer = await fetch(`${server.url}/api/sales`, {
      method: 'POST',
      headers: { ...order.customer.bearer, 'content-type': 'application/json', 'idempotency-key': order.key },
      body: JSON.stringify({ items: [{ productId, quantity: 2 }], deliveryAddress: ADDRESS }),
    });
    const body = await answer.text();
    if (answer.status === 201) {
      if (order.acknowledged !== undefined) expect(body).toBe(order.acknowledged);
      order.acknowledged = body;
    }
    return answer;
  }

  /** Places every order at once, and kills the server when some have been answered. */
  async function placeAndKill(productId: string, orders: readonly Order[]): Promise<void> {
    const server = await startServerProcess(shop.database);
    let answered = 0;
    await Promise.allSettled(
      orders.map(async (order) => {
        await place(server, productId, order);
        answered += 1;
        if (answered === ANSWERED_BEFORE_THE_KILL) server.kill('SIGKILL');
      }),
    );
    expect(await server.ended).toEqual([null, 'SIGKILL']);
    expect(await brokenInvariants(shop.db)).toEqual({});
  }

  it('has made what it acknowledged, and the key settles what became of the rest', async () => {
    const product = await createProduct(shop.db, { stock: 1_000 });
    const orders: Order[] = await Promise.all(
      Array.from({ length: ORDERS }, async () => ({ customer: await createCustomer(shop), key: randomUUID() })),
    );
    await placeAndKill(product.id, orders);
    const restarted = await startServerProcess(shop.database);
    for (const order of orders) {
      const known = order.acknowledged !== undefined;
      const answer = await place(restarted, product.id, order);
      expect(answer.status).toBe(201);
      if (known) expect(answer.headers.get('idempotency-replayed')).toBe('true');
    }
    restarted.kill('SIGTERM');
    expect(await restarted.ended).toEqual([0, null]);
    const { rows } = await shop.db.query(
      `SELECT (SELECT count(*)::int FROM sales) AS sales, (SELECT stock FROM products WHERE id = $1) AS stock`,
      [product.id],
    );
    expect(rows).toEqual([{ sales: ORDERS, stock: 1_000 - 2 * ORDERS }]);
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
});
