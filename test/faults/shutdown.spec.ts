import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';
import { startServerProcess } from '../support/server-process.js';

describe('a server that is told to stop', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp();
  });
  afterAll(() => shop.close());

  it('answers the hundred requests that are in flight, hangs up, and ends with exit code 0', async () => {
    const product = await createProduct(shop.db, { stock: 1_000 });
    const server = await startServerProcess(shop.database, { DATABASE_LOCK_TIMEOUT_MS: '20000' });
    const customers = await Promise.all(Array.from({ length: 100 }, () => createCustomer(shop)));
    const body = JSON.stringify({ items: [{ productId: product.id, quantity: 1 }], deliveryAddress: ADDRESS });
    const blocker = await shop.db.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [product.id]);
    // Keeps its connections, as a load balancer does.
    const agent = new Agent({ keepAlive: true });
    const answers = customers.map(async ({ bearer }) => {
      const headers = { ...bearer, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = request(`${server.url}/api/sales`, { method: 'POST', headers, agent });
      const status = once(sent, 'response').then(statusOf);
      sent.end(body);
      await once(sent, 'finish');
      return { status };
    });
    const inFlight = await Promise.all(answers);
    const { hostname, port } = new URL(server.url);
    const silent = connect(Number(port), hostname);
    const halting = connect(Number(port), hostname, () => halting.write('GET /api/products HTTP/1.1\r\nHost: sh'));
    await Promise.all([once(silent, 'connect'), once(halting, 'connect')]);
    // The server has read all of them once it has answered one that was sent later.
    await fetch(`${server.url}/health/live`);
    server.kill('SIGTERM');
    await server.logged(/Stopping at SIGTERM/);
    await blocker.query('ROLLBACK');
    blocker.release();
    const statuses = await Promise.all(inFlight.map(({ status }) => status));
    expect(statuses.filter((status) => status !== 201)).toEqual([]);
    expect(await server.ended).toEqual([0, null]);
    expect(await brokenInvariants(shop.db)).toEqual({});
  });

  it('lets a client that reads slowly have the whole of its answer, though it was written long before', async () => {
    const story = 'A long story. '.repeat(35_000);
    for (let n = 0; n < 20; n += 1) {
      const { id } = await createProduct(shop.db);
      await shop.db.query('UPDATE products SET description = $2 WHERE id = $1', [id, story]);
    }
    const server = await startServerProcess(shop.database);
    const answer = await getPaused(`${server.url}/api/products?perPage=20`);
    const promised = Number(answer.headers['content-length']);
    // More than fits between the server and a client that does not read.
    expect(promised).toBeGreaterThan(9_000_000);
    server.kill('SIGTERM');
    await server.logged(/Stopping at SIGTERM/);
    await refused(server.url);
    let read = 0;
    for await (const piece of answer) read += piece.length;
    expect(read).toBe(promised);
    expect(await server.ended).toEqual([0, null]);
  });
});

/** The head of an answer, whose body nobody reads yet. */
async function getPaused(url: string): Promise<IncomingMessage> {
  const sent = request(url, { agent: new Agent({ keepAlive: true }) }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return answer;
}

/** Waits until nobody listens there. */
async function refused(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  await eventually(async () => {
    const socket = connect(Number(port), hostname);
    const reached = once(socket, 'connect').then(
      () => true,
      () => false,
    );
    expect(await reached.finally(() => socket.destroy())).toBe(false);
  });
}

function statusOf([response]: IncomingMessage[]): number | undefined {
  response?.resume();
  return response?.statusCode;
}
