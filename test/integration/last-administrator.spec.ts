import { createCustomer, type TestUser } from '../factories/customer.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';

describe('the last administrator', () => {
  let shop: TestApp;
  let replica: TestApp;

  beforeAll(async () => {
    shop = await startApp(MANY_CONNECTIONS);
    replica = await startApp(MANY_CONNECTIONS, shop);
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const patch = (app: TestApp, by: TestUser, whom: TestUser, change: object) =>
    app.http.patch(`/api/users/${whom.id}`).set(by.bearer).send(change);
  const administrators = async (): Promise<string[]> =>
    (await shop.db.query(`SELECT id FROM users WHERE role = 'admin' AND active`)).rows.map(({ id }) => id);

  it('stays when two demote each other at once, each on a replica of its own', async () => {
    for (let round = 0; round < 10; round += 1) {
      await shop.db.query(`UPDATE users SET role = 'customer' WHERE role = 'admin'`);
      const [one, other] = [await createCustomer(shop, 'admin'), await createCustomer(shop, 'admin')];
      const change = round % 2 === 0 ? { role: 'manager' } : { active: false };
      const answers = await Promise.all([patch(shop, one, other, change), patch(replica, other, one, change)]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      // The slower is told that it is the last, or that it is none any longer.
      const [refused] = answers.filter(({ status }) => status !== 200);
      expect(['last_administrator', 'token_revoked', 'forbidden']).toContain(refused?.body.code);
      expect(await administrators()).toHaveLength(1);
    }
  });

  it('stays when one of two steps down, the other is closed and both are erased, at once', async () => {
    const leaving: readonly ((
      app: TestApp,
      by: TestUser,
      whom: TestUser,
    ) => PromiseLike<{ readonly status: number }>)[] = [
      (app, by, whom) => patch(app, by, whom, { role: 'support' }),
      (app, by, whom) => patch(app, by, whom, { active: false }),
      (app, _, whom) => app.http.delete('/api/users/me').set(whom.bearer),
      (app, by, whom) => app.http.delete(`/api/users/${whom.id}`).set(by.bearer),
    ];
    for (const [index, one] of leaving.entries()) {
      for (const other of leaving.slice(index)) {
        await shop.db.query(`UPDATE users SET role = 'customer' WHERE role = 'admin'`);
        const [ada, grace] = [await createCustomer(shop, 'admin'), await createCustomer(shop, 'admin')];
        const answers = await Promise.all([one(shop, ada, grace), other(replica, grace, ada)]);
        expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
        expect(await administrators()).toHaveLength(1);
      }
    }
  });

  it('stays when all of many step down at once, on whatever replica', async () => {
    await shop.db.query(`UPDATE users SET role = 'customer' WHERE role = 'admin'`);
    const all = await Promise.all(Array.from({ length: 8 }, () => createCustomer(shop, 'admin')));
    const answers = await Promise.all(
      all.map((admin, index) => patch(index % 2 === 0 ? shop : replica, admin, admin, { role: 'support' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(answers.filter(({ body }) => body.code === 'last_administrator')).toHaveLength(1);
    expect(await administrators()).toHaveLength(1);
  });
});
