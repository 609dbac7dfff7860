import { setTimeout as delay } from 'node:timers/promises';
import { createCustomer } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { ended, type ImportState, upload } from '../support/imports.js';
import { brokenInvariants } from '../support/invariants.js';
import { startServerProcess } from '../support/server-process.js';

const ROWS = 8_000;
/** How its process ends, one after another. */
const ENDS = ['SIGKILL', 'SIGTERM'] as const;

/** Every hundredth row is refused. */
const FILE = `sku,name,price,stock,category\n${Array.from(
  { length: ROWS },
  (_, i) => `S-${i},Thing ${i},${i % 100 === 99 ? 'free' : '1.00'},2,Shelf > ${i % 20}\n`,
).join('')}`;

describe('an import whose process is killed or stopped', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off' });
  });
  afterAll(() => shop.close());

  async function processed(id: string): Promise<number> {
    const { rows } = await shop.db.query('SELECT processed FROM catalogue_imports WHERE id = $1', [id]);
    return rows[0].processed;
  }

  it('goes on behind its last batch in the next process, and ends as if nothing had happened', async () => {
    const staff = await createCustomer(shop, 'manager');
    const answer = await upload(shop, staff, FILE);
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as ImportState;
    let reached = 0;
    for (const signal of ENDS) {
      const server = await startServerProcess(shop.database);
      while ((await processed(id)) <= reached) await delay(5);
      server.kill(signal);
      expect(await server.ended).toEqual(signal === 'SIGKILL' ? [null, signal] : [0, null]);
      const before = reached;
      reached = await processed(id);
      expect(reached).toBeGreaterThan(before);
      expect(reached).toBeLessThan(ROWS);
      expect(await brokenInvariants(shop.db)).toEqual({});
    }
    const last = await startApp({}, shop);
    const done = await ended(shop, staff, id);
    await last.close();
    const refused = ROWS / 100;
    const created = ROWS - refused;
    expect(done).toMatchObject({ status: 'completed', processed: ROWS, created, updated: 0, unchanged: 0, refused });
    const { rows } = await shop.db.query(
      `SELECT (SELECT count(*)::int FROM products) AS products, (SELECT sum(stock)::int FROM products) AS stock,
         (SELECT count(*)::int FROM stock_movements) AS movements,
         (SELECT count(*)::int FROM categories) AS categories,
         (SELECT count(*)::int FROM outbox_events WHERE type = 'product.created') AS events,
         (SELECT count(DISTINCT line)::int FROM catalogue_import_errors) AS lines,
         (SELECT count(*)::int FROM catalogue_import_errors) AS errors,
         (SELECT count(*)::int FROM catalogue_import_chunks) AS chunks`,
    );
    expect(rows).toEqual([
      {
        ...{ products: created, stock: 2 * created, movements: created, categories: 21, events: created },
        ...{ lines: refused, errors: refused, chunks: 0 },
      },
    ]);
    expect(await brokenInvariants(shop.db)).toEqual({});
  }, 120_000);
});
