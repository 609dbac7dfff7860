import { newId } from '../../src/common/ids.js';
import { newToken } from '../../src/common/tokens.js';
import { guestOwner, userOwner } from '../../src/modules/carts/cart-owner.js';
import { CartsApi } from '../../src/modules/carts/carts.api.js';
import { CartsRepository } from '../../src/modules/carts/carts.repository.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { waitedFor } from '../support/locks.js';

describe('carts in the database', () => {
  let shop: TestApp;
  let carts: CartsRepository;
  let uow: UnitOfWork;
  const now = new Date();
  const line = (productId: string, quantity = 1) => ({ productId, quantity, newCartId: newId(), mayMake: true });

  beforeAll(async () => {
    shop = await startApp();
    carts = shop.app.get(CartsRepository, { strict: false });
    uow = shop.app.get(UnitOfWork, { strict: false });
  });
  afterAll(() => shop.close());

  const newOwner = async () => userOwner((await createCustomer(shop)).id);

  it('bump their version by every change and by no refusal', async () => {
    const owner = await newOwner();
    const { id } = await createProduct(shop.db, { stock: 5 });
    const versions: (number | undefined)[] = [];
    const note = async () => versions.push((await carts.find(owner))?.version);
    await carts.add(owner, line(id, 2), now);
    await note();
    await carts.add(owner, line(id, 4), now);
    await note();
    await carts.add(owner, line(id, 3), now);
    await note();
    await carts.hold(owner, now);
    await note();
    expect(versions).toEqual([1, 1, 2, 3]);
  });

  it('keep the order of adding though the clock stands still', async () => {
    const owner = await newOwner();
    const products = await Promise.all(Array.from({ length: 8 }, () => createProduct(shop.db)));
    const ids = products.map(({ id }) => id).sort((one, other) => (one < other ? 1 : -1));
    for (const id of ids) await carts.add(owner, line(id), now);
    expect((await carts.find(owner))?.lines.map(({ productId }) => productId)).toEqual(ids);
  });

  it('are filled together where many ask at the same time, each by what its own customer asked for', async () => {
    const { id } = await createProduct(shop.db, { stock: 9 });
    const owners = await Promise.all(Array.from({ length: 9 }, newOwner));
    const additions = await Promise.all(owners.map((owner, index) => carts.add(owner, line(id, index + 1), now)));
    expect(additions.map((addition) => addition.outcome === 'added' && addition.cart?.lines[0]?.quantity)).toEqual(
      owners.map((_owner, index) => index + 1),
    );
    const { rows } = await shop.db.query(
      'SELECT count(*)::int AS lines, count(DISTINCT xmin::text)::int AS transactions FROM cart_items WHERE product_id = $1',
      [id],
    );
    expect(rows).toEqual([{ lines: 9, transactions: 3 }]);
  });

  it('are filled once each though one of those who ask cannot have a cart', async () => {
    const { id } = await createProduct(shop.db, { stock: 9 });
    const owners = await Promise.all(Array.from({ length: 6 }, newOwner));
    const nobody = userOwner(newId());
    const outcomes = await Promise.allSettled(
      [...owners, nobody, ...owners].map((owner) => carts.add(owner, line(id), now)),
    );
    expect(outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [index] : []))).toEqual([6]);
    expect(outcomes[6]).toMatchObject({ reason: { constraint: 'carts_user_fkey' } });
    const { rows } = await shop.db.query(
      'SELECT quantity, count(*)::int AS lines FROM cart_items WHERE product_id = $1 GROUP BY quantity',
      [id],
    );
    expect(rows).toEqual([{ quantity: 2, lines: 6 }]);
  });

  it('say that they must be read again where another change came between', async () => {
    const owner = await newOwner();
    const [first, second] = [await createProduct(shop.db), await createProduct(shop.db)];
    await carts.add(owner, line(first.id), now);
    let adding: Promise<unknown> = Promise.resolve();
    await uow.run(async () => {
      await carts.add(owner, line(first.id), now);
      adding = outside(() => carts.add(owner, line(second.id), now));
      await waitForLock();
    });
    expect(await adding).toEqual({ outcome: 'added', cart: undefined });
    expect((await carts.find(owner))?.lines.map(({ quantity }) => quantity)).toEqual([2, 1]);
  });

  it('add nothing where others took the room while they waited', async () => {
    const owner = await newOwner();
    const { id } = await createProduct(shop.db, { stock: 3 });
    await carts.add(owner, line(id), now);
    let adding: Promise<unknown> = Promise.resolve();
    await uow.run(async () => {
      await carts.add(owner, line(id), now);
      adding = outside(() => carts.add(owner, line(id, 2), now));
      await waitForLock();
    });
    expect(await adding).toEqual({ outcome: 'overtaken' });
    expect((await carts.find(owner))?.lines.map(({ quantity }) => quantity)).toEqual([2]);
  });

  it('are made for a guest only where that may be', async () => {
    const owner = guestOwner(newToken());
    const { id } = await createProduct(shop.db);
    const addition = await carts.add(owner, { ...line(id), mayMake: false }, now);
    expect(addition.outcome).toBe('held_back');
    expect(await carts.find(owner)).toBeUndefined();
  });

  it('hold at most 500 lines, also after a merge', async () => {
    const owner = await newOwner();
    const token = newToken();
    const { id } = await createProduct(shop.db);
    for (const each of [owner, guestOwner(token)]) {
      const cart = await carts.add(each, line(id), now);
      const cartId = cart.outcome === 'added' ? cart.cart?.id : undefined;
      await shop.db.query(
        `WITH made AS (
           INSERT INTO products (id, sku, slug, name, description, price, currency, stock, attributes, images, active,
             version, created_at, updated_at)
           SELECT i, i, i, 'Many', '', 1, 'USD', 0, '{}', '[]', true, 1, now(), now()
           FROM (SELECT gen_random_uuid() AS i FROM generate_series(1, 499)) AS ids RETURNING id)
         INSERT INTO cart_items (cart_id, product_id, quantity, unit_price, added_at)
         SELECT $1, id, 1, 1, now() FROM made`,
        [cartId],
      );
    }
    const another = await createProduct(shop.db);
    const addition = await carts.add(owner, line(another.id), now);
    expect(addition).toMatchObject({ outcome: 'held_back', line: { otherLines: 500 } });
    expect(await carts.add(owner, line(id), now)).toMatchObject({ outcome: 'added' });
    if (owner.kind === 'user') await shop.app.get(CartsApi, { strict: false }).adopt(owner.userId, token);
    expect((await carts.find(owner))?.lines).toHaveLength(500);
    expect(await carts.find(guestOwner(token))).toBeUndefined();
  });

  it('leave a guest cart as it was where the takeover is rolled back', async () => {
    const owner = await newOwner();
    const token = newToken();
    const { id } = await createProduct(shop.db);
    await carts.add(guestOwner(token), line(id, 4), now);
    const rolledBack = uow.run(async () => {
      if (owner.kind === 'user') await shop.app.get(CartsApi, { strict: false }).adopt(owner.userId, token);
      expect((await carts.find(owner))?.lines).toHaveLength(1);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await carts.find(owner)).toBeUndefined();
    expect((await carts.find(guestOwner(token)))?.lines).toMatchObject([{ productId: id, quantity: 4 }]);
  });

  const outside = <T>(work: () => Promise<T>): Promise<T> => shop.app.get(Database, { strict: false }).outside(work);

  async function waitForLock(): Promise<void> {
    await eventually(async () => expect(await waitedFor(shop.db)).toBeGreaterThan(0));
  }
});
