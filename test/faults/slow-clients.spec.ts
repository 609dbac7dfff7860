import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Database } from '../../src/platform/database/database.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';

describe('clients that misbehave', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ REQUEST_TIMEOUT_MS: '1000' });
  });
  afterAll(() => shop.close());

  async function open(): Promise<Socket> {
    const socket = connect(Number(new URL(shop.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  it('are cut off when they send a request drop by drop, in its head or in its body', async () => {
    const started = [
      'GET /api/products HTTP/1.1\r\nHost: shop\r\n',
      `${postHead('/api/users/login', {}, 10_000)}{"email":"`,
    ];
    const sockets = await Promise.all(Array.from({ length: 200 }, open));
    const closed = sockets.map((socket, n) => {
      const drip = setInterval(() => socket.write('x'), 100);
      socket.resume();
      socket.write(started[n % 2] ?? '');
      // Not `once` of node:events, for which the broken pipe of a drop that comes too late is a failure.
      return new Promise((resolve) => socket.once('close', resolve)).finally(() => clearInterval(drip));
    });
    await Promise.all(closed);
    await shop.http.get('/health/live').expect(200);
  });

  it('leave no connection to the database behind when they hang up in the middle of a checkout', async () => {
    const product = await createProduct(shop.db, { stock: 1_000 });
    const orders = await Promise.all(
      Array.from({ length: 60 }, async () => ({ customer: await createCustomer(shop), key: randomUUID() })),
    );
    const blocker = await shop.db.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [product.id]);
    const database = shop.app.get(Database);
    const sockets = await Promise.all(
      orders.map(async ({ customer, key }) => {
        const socket = await open();
        socket.write(checkout(product.id, customer, key));
        return socket;
      }),
    );
    await eventually(() => expect(database.poolUse().waiting).toBeGreaterThan(0));
    for (const socket of sockets) socket.resetAndDestroy();
    await blocker.query('ROLLBACK');
    blocker.release();
    await eventually(() => {
      const { total, idle, waiting } = database.poolUse();
      expect({ busy: total - idle, waiting }).toEqual({ busy: 0, waiting: 0 });
    });
    for (const { customer, key } of orders) {
      const body = orderOf(product.id);
      await shop.http.post('/api/sales').set(customer.bearer).set('Idempotency-Key', key).send(body).expect(201);
    }
    const { rows } = await shop.db.query('SELECT count(*)::int AS sales FROM sales');
    expect(rows).toEqual([{ sales: orders.length }]);
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
});

const orderOf = (productId: string) => ({ items: [{ productId, quantity: 1 }], deliveryAddress: ADDRESS });

function checkout(productId: string, customer: TestUser, key: string): string {
  const body = JSON.stringify(orderOf(productId));
  return `${postHead('/api/sales', { ...customer.bearer, 'idempotency-key': key }, Buffer.byteLength(body))}${body}`;
}

function postHead(path: string, headers: Readonly<Record<string, string>>, length: number): string {
  const all = { host: 'shop', 'content-type': 'application/json', 'content-length': String(length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
