import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { paidSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { type ServerProcess, startServerProcess } from '../support/server-process.js';

interface Wish {
  readonly saleId: string;
  readonly key: string;
  /** What staff were answered, once that was a 201. */
  acknowledged?: string;
}

describe('an application that is killed in the middle of refunds', () => {
  const WISHES = 20;
  const ANSWERED_BEFORE_THE_KILL = 5;
  let shop: TestApp;
  let staff: TestUser;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off' });
    staff = await createCustomer(shop, 'manager');
  });
  afterAll(() => shop.close());

  async function refund(server: ServerProcess, wish: Wish): Promise<Response> {
    const answer = await fetch(`${server.url}/api/admin/sales/${wish.saleId}/refunds`, {
      method: 'POST',
      headers: { ...staff.bearer, 'content-type': 'application/json', 'idempotency-key': wish.key },
      body: JSON.stringify({ amount: '7.00', reason: 'Sorry.' }),
    });
    const body = await answer.text();
    if (answer.status === 201) {
      if (wish.acknowledged !== undefined) expect(body).toBe(wish.acknowledged);
      wish.acknowledged = body;
    }
    return answer;
  }

  async function refundAndKill(wishes: readonly Wish[]): Promise<void> {
    const server = await startServerProcess(shop.database);
    let answered = 0;
    await Promise.allSettled(
      wishes.map(async (wish) => {
        await refund(server, wish);
        answered += 1;
        if (answered === ANSWERED_BEFORE_THE_KILL) server.kill('SIGKILL');
      }),
    );
    expect(await server.ended).toEqual([null, 'SIGKILL']);
    expect(await brokenInvariants(shop.db)).toEqual({});
  }

  it('has made what it acknowledged, and the key settles what became of the rest', async () => {
    const product = await createProduct(shop.db, { stock: 1_000 });
    const wishes: Wish[] = [];
    for (let n = 0; n < WISHES; n += 1) {
      wishes.push({ saleId: (await paidSale(shop, product.id)).saleId, key: randomUUID() });
    }
    await refundAndKill(wishes);
    const restarted = await startServerProcess(shop.database);
    const answers = await Promise.all(wishes.map((wish) => refund(restarted, wish)));
    expect(answers.map(({ status }) => status)).toEqual(Array(WISHES).fill(201));
    restarted.kill('SIGTERM');
    expect(await restarted.ended).toEqual([0, null]);
    const { rows } = await shop.db.query(
      `SELECT count(*)::int AS refunds, count(DISTINCT sale_id)::int AS sales, count(*) FILTER (WHERE amount = 700
         AND status = 'completed')::int AS completed, (SELECT count(*)::int FROM invoices WHERE kind = 'credit_note') AS notes
       FROM refunds`,
    );
    expect(rows).toEqual([{ refunds: WISHES, sales: WISHES, completed: WISHES, notes: WISHES }]);
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
});
