import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { parseConfig } from '../../src/config/config.js';
import { type EmbeddedCluster, openEmbeddedCluster } from '../../src/platform/database/embedded/embedded-cluster.js';
import { livePostmaster } from '../../src/platform/database/embedded/postmaster-file.js';
import { migrate } from '../../src/platform/database/migrator.js';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { placeSale } from '../support/buying.js';
import { TestClock } from '../support/clock.js';
import { openPool } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { brokenInvariants } from '../support/invariants.js';

describe('a PostgreSQL that dies under load', () => {
  const SHOPPERS = 8;
  let dataDir: string;
  let cluster: EmbeddedCluster;
  let db: pg.Pool;
  let shop: TestApp;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tradepost-fault-'));
    cluster = await openEmbeddedCluster({ dataDir, log: () => undefined, settings: { fsync: 'off' } });
    const { appUrl: url, ownerUrl, superuserUrl } = cluster;
    await migrate(ownerUrl, url, parseConfig({}));
    db = openPool(ownerUrl, 5);
    const database = { url, ownerUrl, superuserUrl, drop: async () => undefined };
    shop = await startApp({ MAX_OPEN_RESERVATIONS: '0' }, { database, db, clock: new TestClock() });
  });
  afterAll(async () => {
    await shop.close();
    await db.end();
    await cluster.release();
    await rm(dataDir, { recursive: true, force: true });
  });

  const postmaster = () => livePostmaster(join(dataDir, 'postgres'));

  async function killPostgres(signal: NodeJS.Signals): Promise<void> {
    const running = await postmaster();
    if (running === undefined) throw new Error('PostgreSQL does not run.');
    process.kill(running.pid, signal);
    await eventually(async () => {
      const restarted = await postmaster();
      expect(restarted).toBeDefined();
      expect(restarted?.pid).not.toBe(running.pid);
    });
  }

  // SIGQUIT is what PostgreSQL calls an immediate shutdown; SIGKILL leaves its processes to notice by themselves.
  // So these may end their work first, and PostgreSQL be back before anybody has waited long.
  it.each([
    ['SIGQUIT', 1],
    ['SIGKILL', 0],
  ] as const)('at %s costs its clients 503s, and no sale twice or lost', async (signal, leastFailures) => {
    const product = await createProduct(db, { stock: 10_000 });
    const items = [{ productId: product.id, quantity: 1 }];
    const shoppers = await Promise.all(Array.from({ length: SHOPPERS }, () => createCustomer(shop)));
    let open = true;
    let placed = 0;
    const failures: { readonly status: number; readonly retryAfter: number }[] = [];
    const shopping = shoppers.map(async (shopper) => {
      while (open) {
        const key = { 'Idempotency-Key': randomUUID() };
        await eventually(async () => {
          const { status, headers } = await placeSale(shop, shopper, items, key);
          if (status !== 201) failures.push({ status, retryAfter: Number(headers['retry-after']) });
          expect(status).toBe(201);
        });
        placed += 1;
      }
    });
    await eventually(() => expect(placed).toBeGreaterThan(SHOPPERS));
    await killPostgres(signal);
    const before = placed;
    await eventually(() => expect(placed).toBeGreaterThan(before + SHOPPERS));
    open = false;
    await Promise.all(shopping);
    expect(failures.length).toBeGreaterThanOrEqual(leastFailures);
    expect(failures.filter(({ status, retryAfter }) => status !== 503 || !(retryAfter > 0))).toEqual([]);
    const { rows } = await db.query('SELECT count(*)::int AS sales FROM sale_items WHERE product_id = $1', [
      product.id,
    ]);
    expect(rows).toEqual([{ sales: placed }]);
    expect(await brokenInvariants(db)).toEqual({});
    await shop.http.get('/health/ready').expect(200);
  });

  it('finds its background jobs at work again', async () => {
    await eventually(async () => {
      const { text } = await shop.http.get('/metrics').expect(200);
      expect(text).toMatch(/^outbox_backlog_events 0$/m);
    });
  });
});
