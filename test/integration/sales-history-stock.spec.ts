import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { WaitingLinesRepository } from '../../src/modules/sales-history/stocked/waiting-lines.repository.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { deliveredSale } from '../support/buying.js';
import { bundled } from '../support/compiled.js';
import { ended, type ImportState } from '../support/imports.js';
import { brokenInvariants } from '../support/invariants.js';
import { testKeysDir } from '../support/keys.js';

const HEADER = 'number,sku,quantity,unitPrice,placedAt';
const csv = (...rows: readonly string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
const row = (number: string | number, sku: string, quantity: number): string =>
  `${number},${sku},${quantity},1.25,2010-12-01 10:00:00`;

let shop: TestApp;
let staff: TestUser;

beforeEach(async () => {
  shop = await startApp();
  staff = await createCustomer(shop, 'manager');
});
afterEach(async () => {
  expect(await brokenInvariants(shop.db)).toEqual({});
  expect((await shop.db.query('SELECT FROM sale_import_lines')).rowCount).toBe(0);
  await shop.close();
});

async function bringIn(body: string | Buffer, query: Readonly<Record<string, string>> = { moveStock: 'true' }) {
  const answer = await fetch(`${shop.url}/api/admin/sales/import?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', ...staff.bearer },
    body,
  });
  expect(answer.status).toBe(202);
  return ended(shop, staff, ((await answer.json()) as ImportState).id);
}

async function errorsOf({
  id,
}: ImportState): Promise<{ line: number; column: string; code: string; reason: string }[]> {
  const { body } = await shop.http
    .get(`/api/imports/${id}/errors`)
    .query({ perPage: 100 })
    .set(staff.bearer)
    .expect(200);
  return body.items;
}

async function movementsOf(productId: string) {
  const { rows } = await shop.db.query(
    `SELECT s.number, m.delta, m.balance_after AS balance FROM stock_movements m JOIN sales s ON s.id = m.sale_id
     WHERE m.product_id = $1 AND m.reason = 'sale' ORDER BY m.position`,
    [productId],
  );
  return rows;
}

const stockOf = async (id: string): Promise<number> =>
  (await shop.db.query('SELECT stock FROM products WHERE id = $1', [id])).rows[0].stock;
const numbers = async (): Promise<string[]> =>
  (await shop.db.query('SELECT number FROM sales ORDER BY number')).rows.map(({ number }) => number);

const MIXED = csv(
  row(1, 'LAMP', 3),
  row(2, 'LAMP', 4),
  row(2, 'SHADE', 1),
  row(3, 'LAMP', 2),
  row(3, 'SHADE', 9),
  row('C4', 'LAMP', -5),
  row(5, 'LAMP', 1),
  row(1, 'LAMP', 1),
  row(6, 'UNKNOWN', 1),
  row(7, 'LAMP', 2),
  row(8, 'OLD', 1),
  row(9, 'LAMP', 0),
);
const MIXED_ERRORS = [
  [5, 'number', 'sale_refused', 'Its sale is refused whole because of line 6'],
  [6, 'quantity', 'insufficient_stock', '9 are asked of "SHADE", of which there are 1'],
  [10, 'quantity', 'insufficient_stock', '1 are asked of "UNKNOWN", which is no product with stock'],
  [11, 'quantity', 'insufficient_stock', '2 are asked of "LAMP", of which there are 1'],
  [12, 'quantity', 'insufficient_stock', '1 are asked of "OLD", which is no product with stock'],
  [13, 'quantity', 'no_quantity', 'is zero: nothing was sold'],
] as const;

/** A shop with ten lamps and two shades, and something that is no longer sold. */
async function stocked() {
  const lamp = await createProduct(shop.db, { sku: 'LAMP', stock: 10 });
  const shade = await createProduct(shop.db, { sku: 'SHADE', stock: 2 });
  await createProduct(shop.db, { sku: 'OLD', stock: 5, archivedAt: new Date('2020-01-01T00:00:00Z') });
  return { lamp, shade };
}

const told = (errors: Awaited<ReturnType<typeof errorsOf>>) =>
  errors.sort((a, b) => a.line - b.line).map(({ line, column, code, reason }) => [line, column, code, reason]);

describe('an import of past sales that was asked to move stock', () => {
  it('takes what each sale sold, and refuses whole the sales that a product has not enough for', async () => {
    const { lamp, shade } = await stocked();
    const state = await bringIn(MIXED);
    expect(state).toMatchObject({ status: 'completed', processed: 12, created: 6, unchanged: 0, refused: 6 });
    expect(told(await errorsOf(state))).toEqual(MIXED_ERRORS);
    expect(await numbers()).toEqual(['1', '2', '5', 'C4']);
    expect(await movementsOf(lamp.id)).toEqual([
      { number: '1', delta: -4, balance: 6 },
      { number: '2', delta: -4, balance: 2 },
      { number: '5', delta: -1, balance: 1 },
    ]);
    expect(await movementsOf(shade.id)).toEqual([{ number: '2', delta: -1, balance: 1 }]);
    expect([await stockOf(lamp.id), await stockOf(shade.id)]).toEqual([1, 1]);
    expect((await shop.db.query(`SELECT FROM products WHERE sku = 'UNKNOWN'`)).rowCount).toBe(0);
    const { body } = await shop.http.get(`/api/products/${lamp.id}`).expect(200);
    expect(body.stock).toBe(1);
  });

  it('moves nothing a second time, nor for sales that came in without', async () => {
    const { lamp } = await stocked();
    await bringIn(csv(row(1, 'LAMP', 3)), {});
    expect(await stockOf(lamp.id)).toBe(10);
    const rows = csv(row(1, 'LAMP', 3), row(2, 'LAMP', 4));
    expect(await bringIn(rows)).toMatchObject({ created: 1, unchanged: 1, refused: 0 });
    expect(await bringIn(rows)).toMatchObject({ created: 0, unchanged: 2, refused: 0 });
    expect(await stockOf(lamp.id)).toBe(6);
  });

  it.each([
    ['false', [10, 10]],
    ['true', [6, 10]],
  ])(
    'gives back what its sales have taken, and no more, when they come back (moveStock=%s)',
    async (moveStock, levels) => {
      const { lamp } = await stocked();
      await bringIn(csv(row(1, 'LAMP', 4)), { moveStock });
      const { rows } = await shop.db.query(`SELECT id, status FROM sales WHERE number = '1'`);
      expect(rows[0].status).toBe('delivered');
      const seen = [await stockOf(lamp.id)];
      const status = () =>
        shop.http.patch(`/api/admin/sales/${rows[0].id}/status`).set(staff.bearer).send({ status: 'returned' });
      await status().expect(200);
      seen.push(await stockOf(lamp.id));
      await status().expect(409);
      // A sale of this shop comes back as before.
      const { saleId } = await deliveredSale(shop, staff, [{ productId: lamp.id, quantity: 4 }]);
      expect(await stockOf(lamp.id)).toBe(6);
      await shop.http
        .patch(`/api/admin/sales/${saleId}/status`)
        .set(staff.bearer)
        .send({ status: 'returned' })
        .expect(200);
      expect(await stockOf(lamp.id)).toBe(10);
      expect(seen).toEqual(levels);
    },
  );

  it('says the same in a dry run, and keeps nothing of it', async () => {
    const { lamp } = await stocked();
    const state = await bringIn(MIXED, { moveStock: 'true', dryRun: 'true' });
    expect(state).toMatchObject({ status: 'completed', processed: 12, created: 6, refused: 6 });
    expect(told(await errorsOf(state))).toEqual(MIXED_ERRORS);
    expect([await numbers(), await stockOf(lamp.id)]).toEqual([[], 10]);
  });

  it('refuses a sale whole whose rows lie far apart, and one that is too long', async () => {
    const { lamp, shade } = await stocked();
    const bolt = await createProduct(shop.db, { sku: 'BOLT', stock: 100_000 });
    const filler = Array.from({ length: 6_000 }, (_, index) => row(`F${index % 3_000}`, 'BOLT', 1));
    const long = Array.from({ length: 5_001 }, () => row('LONG', 'BOLT', 1));
    const state = await bringIn(
      gzipSync(csv(row(1, 'LAMP', 1), row(2, 'LAMP', 1), ...filler, ...long, row(1, 'SHADE', 3), row(2, 'SHADE', 2))),
    );
    expect(state).toMatchObject({ status: 'completed', processed: 11_005, created: 6_002, refused: 5_003 });
    expect([await stockOf(lamp.id), await stockOf(shade.id), await stockOf(bolt.id)]).toEqual([9, 0, 94_000]);
    const { rows } = await shop.db.query(
      `SELECT code, count(*)::int AS rows FROM catalogue_import_errors GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { code: 'insufficient_stock', rows: 1 },
      { code: 'sale_refused', rows: 1 },
      { code: 'sale_too_long', rows: 5_001 },
    ]);
  });

  it('is held to its ledger by the rules of reconciliation', async () => {
    const { lamp } = await stocked();
    await bringIn(csv(row(1, 'LAMP', 3), row(1, 'SHADE', 1)));
    const superuser = new pg.Client({ connectionString: shop.database.superuserUrl });
    await superuser.connect();
    await superuser.query('BEGIN');
    await superuser.query('SET LOCAL session_replication_role = replica');
    await superuser.query(`DELETE FROM stock_movements WHERE reason = 'sale' AND product_id = $1`, [lamp.id]);
    expect(await brokenInvariants(superuser)).toHaveProperty(['units sold are the movements of reason sale']);
    await superuser.query('ROLLBACK');
    await superuser.end();
  });

  it('leaves no rows behind once it was cancelled', async () => {
    await shop.db.query(
      `INSERT INTO sale_import_lines (import_id, line, number, cancelled, sku, name, quantity, unit_price, placed_at, country)
       VALUES ('01900000-0000-7000-8000-000000000000', 2, '1', false, 'A', 'A', 1, 1, now(), '')`,
    );
    // The job that sweeps may have been faster.
    await shop.app.get(WaitingLinesRepository, { strict: false }).sweep();
    expect((await shop.db.query('SELECT FROM sale_import_lines')).rowCount).toBe(0);
  });
});

describe('the command that was asked to move stock', () => {
  const ROWS = 12_000;
  const SALES = 3_000;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tradepost-history-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const start = (file: string) =>
    spawn(process.execPath, [bundled('src/cli/import-sales.ts'), file, '--move-stock'], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        DATABASE_URL: shop.database.url,
        DATABASE_MIGRATION_URL: shop.database.ownerUrl,
        KEYS_DIR: testKeysDir(),
        DATA_DIR: folder,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  it('moves each piece once when it is killed while it reads and while it writes', async () => {
    const skus = Array.from({ length: 20 }, (_, index) => `SKU-${index}`);
    for (const sku of skus) await createProduct(shop.db, { sku, stock: 500 });
    const rows = Array.from({ length: ROWS }, (_, index) => row(1_000 + (index % SALES), `SKU-${index % 20}`, 1));
    const file = join(folder, 'sales.csv.gz');
    await writeFile(file, gzipSync(csv(...rows)));
    const count = async (table: string): Promise<number> =>
      (await shop.db.query(`SELECT count(*)::int AS rows FROM ${table}`)).rows[0].rows;
    for (const reached of [() => count('sale_import_lines'), () => count('sale_items')]) {
      const child = start(file);
      let gone = false;
      child.once('exit', () => {
        gone = true;
      });
      while (!gone && (await reached()) === 0) await delay(5);
      child.kill('SIGKILL');
      while (!gone) await delay(5);
    }
    const child = start(file);
    const [[code], out] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
    expect(out).toContain('goes on behind line');
    // Twenty products with 500 each, of which 600 are asked: the last sales go without.
    expect(code).toBe(1);
    const levels = await shop.db.query('SELECT DISTINCT stock FROM products');
    expect(levels.rows).toEqual([{ stock: 0 }]);
    expect([await count('sales'), await count('sale_items')]).toEqual([2_500, 10_000]);
    expect(await count(`stock_movements WHERE reason = 'sale'`)).toBe(2_500);
  }, 120_000);
});
