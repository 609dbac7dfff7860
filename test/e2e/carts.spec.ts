import { newId } from '../../src/common/ids.js';
import { newToken } from '../../src/common/tokens.js';
import type { CartItemView, CartView } from '../../src/modules/carts/dto/cart.response.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';

const ITEMS = '/api/cart/items';
const EMPTY = {
  id: null,
  items: [],
  currency: 'USD',
  subtotal: '0.00',
  discount: '0.00',
  shipping: '0.00',
  tax: '0.00',
  total: '0.00',
  couponCode: null,
  itemCount: 0,
};

describe('the cart', () => {
  let shop: TestApp;
  let replica: TestApp;
  let ada: TestUser;
  let lamp: TestProduct;
  let chair: TestProduct;

  beforeAll(async () => {
    shop = await startApp(MANY_CONNECTIONS);
    replica = await startApp({ ...MANY_CONNECTIONS, WORKER: 'off' }, shop);
    lamp = await createProduct(shop.db, { price: 2_999n, stock: 5_000 });
    chair = await createProduct(shop.db, { price: 10n, stock: 10 });
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });
  beforeEach(async () => {
    ada = await createCustomer(shop);
  });

  type Headers = Readonly<Record<string, string>>;
  const add = (headers: Headers, productId: string, quantity: unknown) =>
    shop.http.post(ITEMS).set(headers).send({ productId, quantity });
  const either = (n: number): TestApp => (n % 2 === 0 ? shop : replica);
  const cartOf = async (headers: Headers, at = shop): Promise<CartView> =>
    (await at.http.get('/api/cart').set(headers).expect(200)).body;
  const linesOf = (cart: CartView) => cart.items.map(({ productId, quantity }: CartItemView) => [productId, quantity]);
  const fillAsGuest = async (...lines: readonly (readonly [TestProduct, number])[]): Promise<Headers> => {
    let headers: Headers = {};
    for (const [product, quantity] of lines) {
      const answer = await add(headers, product.id, quantity).expect(200);
      headers = { 'Cart-Token': answer.headers['cart-token'] ?? headers['Cart-Token'] ?? '' };
    }
    return headers;
  };

  describe('of a customer', () => {
    it('is empty and without an id before the first product, and reading does not make it', async () => {
      expect(await cartOf(ada.bearer)).toEqual(EMPTY);
      await shop.http.delete('/api/cart').set(ada.bearer).expect(200, EMPTY);
      const { rowCount } = await shop.db.query('SELECT 1 FROM carts WHERE user_id = $1', [ada.id]);
      expect(rowCount).toBe(0);
    });

    it('holds what was added, in the order of adding, with the server’s prices', async () => {
      await add(ada.bearer, lamp.id, 2).expect(200);
      const answer = await add(ada.bearer, chair.id, 3).expect(200);
      expect(answer.headers).not.toHaveProperty('cart-token');
      expect(answer.body).toEqual({
        ...EMPTY,
        id: expect.any(String),
        items: [
          expect.objectContaining({ productId: lamp.id, sku: lamp.sku, unitPrice: '29.99', lineTotal: '59.98' }),
          {
            productId: chair.id,
            sku: chair.sku,
            name: chair.name,
            unitPrice: '0.10',
            previousUnitPrice: null,
            quantity: 3,
            lineTotal: '0.30',
            available: true,
          },
        ],
        subtotal: '60.28',
        total: '60.28',
        itemCount: 5,
      });
      expect(await cartOf(ada.bearer)).toEqual(answer.body);
    });

    it('adds to the line of a product that it has, which keeps its place', async () => {
      for (const product of [lamp, chair, lamp]) await add(ada.bearer, product.id, 1).expect(200);
      expect(linesOf(await cartOf(ada.bearer))).toEqual([
        [lamp.id, 2],
        [chair.id, 1],
      ]);
    });

    it('sets, removes and empties', async () => {
      await add(ada.bearer, lamp.id, 2).expect(200);
      await add(ada.bearer, chair.id, 2).expect(200);
      const set = await shop.http.patch(`${ITEMS}/${lamp.id}`).set(ada.bearer).send({ quantity: 7 }).expect(200);
      expect(set.body).toMatchObject({ itemCount: 9, total: '210.13' });
      const removed = await shop.http.delete(`${ITEMS}/${lamp.id.toUpperCase()}`).set(ada.bearer).expect(200);
      expect(linesOf(removed.body)).toEqual([[chair.id, 2]]);
      const emptied = await shop.http.delete('/api/cart').set(ada.bearer).expect(200);
      expect(emptied.body).toEqual({ ...EMPTY, id: set.body.id });
    });

    it('says so where a line can no longer be had as it is', async () => {
      const rare = await createProduct(shop.db, { stock: 3 });
      await add(ada.bearer, rare.id, 3).expect(200);
      const isAvailable = async () => (await cartOf(ada.bearer)).items[0]?.available;
      expect(await isAvailable()).toBe(true);
      await shop.db.query('UPDATE products SET stock = 2 WHERE id = $1', [rare.id]);
      expect(await isAvailable()).toBe(false);
      await shop.db.query('UPDATE products SET stock = 3, active = false WHERE id = $1', [rare.id]);
      expect(await isAvailable()).toBe(false);
      await shop.http.patch(`${ITEMS}/${rare.id}`).set(ada.bearer).send({ quantity: 1 }).expect(404);
      await shop.http.delete(`${ITEMS}/${rare.id}`).set(ada.bearer).expect(200);
    });

    it('tells what a price was before it changed, until the quantity is set at the new one', async () => {
      const toy = await createProduct(shop.db, { price: 1_000n });
      const priceAt = (price: number) => shop.db.query('UPDATE products SET price = $2 WHERE id = $1', [toy.id, price]);
      const told = async () => {
        const { items, total } = await cartOf(ada.bearer);
        return [items[0]?.previousUnitPrice, items[0]?.unitPrice, total];
      };
      await add(ada.bearer, toy.id, 1).expect(200);
      await priceAt(1_250);
      expect(await told()).toEqual(['10.00', '12.50', '12.50']);
      expect(await told()).toEqual(['10.00', '12.50', '12.50']);
      await add(ada.bearer, lamp.id, 1).expect(200);
      expect((await told())[0]).toBe('10.00');
      expect((await add(ada.bearer, toy.id, 1).expect(200)).body.items[0].previousUnitPrice).toBeNull();
      await priceAt(900);
      expect((await told())[0]).toBe('12.50');
      await priceAt(1_250);
      expect((await told())[0]).toBeNull();
      await priceAt(900);
      await shop.http.patch(`${ITEMS}/${toy.id}`).set(ada.bearer).send({ quantity: 1 }).expect(200);
      expect(await told()).toEqual([null, '9.00', '38.99']);
    });

    it('counts the same request under one Idempotency-Key once', async () => {
      const send = () => add({ ...ada.bearer, 'Idempotency-Key': 'add-once' }, lamp.id, 2);
      const first = await send().expect(200);
      const second = await send().expect(200);
      expect(second.body).toEqual(first.body);
      expect((await cartOf(ada.bearer)).itemCount).toBe(2);
    });
  });

  describe('refuses', () => {
    it.each(['3', true, [3], null, 1.5, -1, 0, 1000, {}, 2 ** 53])('the quantity %j', async (quantity) => {
      await add(ada.bearer, lamp.id, 1).expect(200);
      const answers = [
        await add(ada.bearer, lamp.id, quantity),
        await shop.http.patch(`${ITEMS}/${lamp.id}`).set(ada.bearer).send({ quantity }),
      ];
      for (const { status, body } of answers) {
        expect([status, body.errors[0].path]).toEqual([400, 'quantity']);
      }
      expect((await cartOf(ada.bearer)).itemCount).toBe(1);
    });

    it.each(['1e309', '-1e309', '1e-7'])('the quantity %s of raw JSON', async (quantity) => {
      const answer = await shop.http
        .post(ITEMS)
        .set({ ...ada.bearer, 'content-type': 'application/json' })
        .send(`{"productId":"${lamp.id}","quantity":${quantity}}`)
        .expect(400);
      expect(answer.body.errors[0].path).toBe('quantity');
    });

    it('a missing quantity, an id that is none, and prices of the client', async () => {
      const send = async (body: object) => (await shop.http.post(ITEMS).set(ada.bearer).send(body).expect(400)).body;
      expect((await send({ productId: lamp.id })).errors[0].path).toBe('quantity');
      expect((await send({ productId: 'lamp', quantity: 1 })).errors[0].path).toBe('productId');
      expect((await send({ productId: lamp.id, quantity: 1, unitPrice: '0.01' })).errors[0].path).toBe('unitPrice');
      expect((await cartOf(ada.bearer)).id).toBeNull();
    });

    it('more than 999 of a product over several requests, and names the quantity', async () => {
      await add(ada.bearer, lamp.id, 999).expect(200);
      const { body } = await add(ada.bearer, lamp.id, 1).expect(400);
      expect(body.errors).toEqual([{ path: 'quantity', message: expect.stringContaining('999') }]);
      expect((await cartOf(ada.bearer)).itemCount).toBe(999);
    });

    it('more than there are, all at once or bit by bit, and makes no cart for it', async () => {
      const { body } = await add(ada.bearer, chair.id, 11).expect(409);
      expect(body).toMatchObject({ code: 'insufficient_stock', errors: [{ path: 'quantity' }] });
      expect((await cartOf(ada.bearer)).id).toBeNull();
      await add(ada.bearer, chair.id, 10).expect(200);
      expect((await add(ada.bearer, chair.id, 1).expect(409)).body.code).toBe('insufficient_stock');
      const patched = await shop.http.patch(`${ITEMS}/${chair.id}`).set(ada.bearer).send({ quantity: 11 }).expect(409);
      expect(patched.body.code).toBe('insufficient_stock');
      expect((await cartOf(ada.bearer)).itemCount).toBe(10);
    });

    it('products that are unknown, archived or inactive', async () => {
      const archived = await createProduct(shop.db, { archivedAt: new Date() });
      const inactive = await createProduct(shop.db, { active: false });
      for (const id of [newId(), archived.id, inactive.id]) {
        expect((await add(ada.bearer, id, 1).expect(404)).body.code).toBe('product_not_found');
      }
      expect((await cartOf(ada.bearer)).id).toBeNull();
    });

    it('to change a line that is not there', async () => {
      const attempt = async (headers: Headers) => {
        for (const id of [chair.id, newId(), 'no-id']) {
          const patched = await shop.http.patch(`${ITEMS}/${id}`).set(headers).send({ quantity: 1 }).expect(404);
          const removed = await shop.http.delete(`${ITEMS}/${id}`).set(headers).expect(404);
          expect([patched.body.code, removed.body.code]).toEqual(['cart_item_not_found', 'cart_item_not_found']);
        }
      };
      await attempt({});
      await attempt({ 'Cart-Token': newToken() });
      await attempt(ada.bearer);
      await add(ada.bearer, lamp.id, 1).expect(200);
      await attempt(ada.bearer);
    });

    it('a bearer that is not valid, rather than taking the sender for a guest', async () => {
      await shop.http.get('/api/cart').set({ authorization: 'Bearer nonsense' }).expect(401);
    });
  });

  describe('of a guest', () => {
    it('is made by the first product, which answers its token', async () => {
      const first = await add({}, lamp.id, 1).expect(200);
      const token = first.headers['cart-token'] ?? '';
      expect(token).toMatch(/^[\w-]{43}$/);
      const second = await add({ 'Cart-Token': token }, chair.id, 2).expect(200);
      expect(second.headers).not.toHaveProperty('cart-token');
      expect(second.body.id).toBe(first.body.id);
      expect(await cartOf({ 'Cart-Token': token })).toEqual(second.body);
      const { rows } = await shop.db.query('SELECT user_id FROM carts WHERE id = $1', [first.body.id]);
      expect(rows).toEqual([{ user_id: null }]);
    });

    it('is not made by a refused product', async () => {
      const answer = await add({}, chair.id, 11).expect(409);
      expect(answer.headers).not.toHaveProperty('cart-token');
    });

    it('is empty without a token and under one that names none, which the next product replaces', async () => {
      const headers = { 'Cart-Token': newToken() };
      expect(await cartOf({})).toEqual(EMPTY);
      expect(await cartOf(headers)).toEqual(EMPTY);
      const answer = await add(headers, lamp.id, 1).expect(200);
      expect(answer.headers['cart-token']).toMatch(/^[\w-]{43}$/);
      expect(answer.headers['cart-token']).not.toBe(headers['Cart-Token']);
      expect(await cartOf(headers)).toEqual(EMPTY);
    });

    it('can be changed and emptied', async () => {
      const headers = await fillAsGuest([lamp, 1], [chair, 2]);
      await shop.http.patch(`${ITEMS}/${lamp.id}`).set(headers).send({ quantity: 3 }).expect(200);
      const removed = await shop.http.delete(`${ITEMS}/${chair.id}`).set(headers).expect(200);
      expect(linesOf(removed.body)).toEqual([[lamp.id, 3]]);
      expect((await shop.http.delete('/api/cart').set(headers).expect(200)).body.items).toEqual([]);
    });
  });

  describe('is taken over by a customer who sends the token', () => {
    it('on any request, quantities added, the older line first', async () => {
      const token = await fillAsGuest([lamp, 2], [chair, 1]);
      await add(ada.bearer, lamp.id, 3).expect(200);
      const cart = await cartOf({ ...ada.bearer, ...token });
      expect(linesOf(cart)).toEqual([
        [lamp.id, 5],
        [chair.id, 1],
      ]);
      expect(await cartOf({ ...ada.bearer, ...token })).toEqual(cart);
      expect(await cartOf(token)).toEqual(EMPTY);
    });

    it('with what its prices were', async () => {
      const toy = await createProduct(shop.db, { price: 1_000n });
      const token = await fillAsGuest([toy, 1]);
      await shop.db.query('UPDATE products SET price = 800 WHERE id = $1', [toy.id]);
      const { items } = await cartOf({ ...ada.bearer, ...token });
      expect(items).toMatchObject([{ unitPrice: '8.00', previousUnitPrice: '10.00' }]);
    });

    it('who had no cart', async () => {
      const token = await fillAsGuest([chair, 1], [lamp, 2]);
      const { body } = await add({ ...ada.bearer, ...token }, lamp.id, 1).expect(200);
      expect(linesOf(body)).toEqual([
        [chair.id, 1],
        [lamp.id, 3],
      ]);
    });

    it('up to 999 of a product', async () => {
      const token = await fillAsGuest([lamp, 600]);
      await add(ada.bearer, lamp.id, 600).expect(200);
      expect(linesOf(await cartOf({ ...ada.bearer, ...token }))).toEqual([[lamp.id, 999]]);
    });

    it('once, however many requests send it at the same time', async () => {
      const token = await fillAsGuest([lamp, 2]);
      await add(ada.bearer, lamp.id, 1).expect(200);
      const headers = { ...ada.bearer, ...token };
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => either(n).http.get('/api/cart').set(headers)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
      expect((await cartOf(ada.bearer)).itemCount).toBe(3);
    });

    it('and by one of two customers', async () => {
      const token = await fillAsGuest([lamp, 2]);
      const bob = await createCustomer(shop);
      const carts = await Promise.all([ada, bob].map(({ bearer }, n) => cartOf({ ...bearer, ...token }, either(n))));
      expect(carts.map(({ itemCount }) => itemCount).sort()).toEqual([0, 2]);
    });

    it('not where the token names no cart, and nothing is made', async () => {
      expect(await cartOf({ ...ada.bearer, 'Cart-Token': newToken() })).toEqual(EMPTY);
    });
  });

  describe('answers its total', () => {
    const totalOf = async (headers: Headers) => (await shop.http.get('/api/cart/total').set(headers).expect(200)).body;

    it('with money, currency and count alone', async () => {
      const { id, items, couponCode, ...money } = EMPTY;
      expect([id, items, couponCode]).toEqual([null, [], null]);
      expect(await totalOf({})).toEqual(money);
      expect(await totalOf(ada.bearer)).toEqual(money);
      await add(ada.bearer, lamp.id, 2).expect(200);
      expect(await totalOf(ada.bearer)).toEqual({ ...money, subtotal: '59.98', total: '59.98', itemCount: 2 });
    });

    it('as it is after each of the cart’s own changes', async () => {
      const counts: number[] = [];
      const note = async () => counts.push((await totalOf(ada.bearer)).itemCount);
      await add(ada.bearer, lamp.id, 2).expect(200);
      await note();
      await add({ ...ada.bearer, 'Idempotency-Key': 'total' }, chair.id, 2).expect(200);
      await note();
      await shop.http.patch(`${ITEMS}/${lamp.id}`).set(ada.bearer).send({ quantity: 5 }).expect(200);
      await note();
      await shop.http.delete(`${ITEMS}/${chair.id}`).set(ada.bearer).expect(200);
      await note();
      await cartOf({ ...ada.bearer, ...(await fillAsGuest([lamp, 3])) });
      await note();
      await shop.http.delete('/api/cart').set(ada.bearer).expect(200);
      await note();
      expect(counts).toEqual([2, 4, 7, 5, 8, 0]);
    });

    it('and keeps it for two minutes while only prices change', async () => {
      const toy = await createProduct(shop.db, { price: 100n });
      await add(ada.bearer, toy.id, 1).expect(200);
      expect((await totalOf(ada.bearer)).total).toBe('1.00');
      await shop.db.query('UPDATE products SET price = 200 WHERE id = $1', [toy.id]);
      expect((await totalOf(ada.bearer)).total).toBe('1.00');
      expect((await cartOf(ada.bearer)).total).toBe('2.00');
      shop.clock.advance(120_000);
      expect((await totalOf(ada.bearer)).total).toBe('2.00');
    });
  });

  describe('belongs to its owner alone', () => {
    it('whatever another customer or guest does', async () => {
      await add(ada.bearer, lamp.id, 2).expect(200);
      const guest = await fillAsGuest([chair, 1]);
      const bob = await createCustomer(shop);
      for (const headers of [bob.bearer, {}, guest]) {
        await shop.http.patch(`${ITEMS}/${lamp.id}`).set(headers).send({ quantity: 9 }).expect(404);
        await shop.http.delete(`${ITEMS}/${lamp.id}`).set(headers).expect(404);
      }
      await shop.http.delete('/api/cart').set(bob.bearer).expect(200, EMPTY);
      expect((await cartOf(ada.bearer)).itemCount).toBe(2);
      expect((await cartOf(guest)).itemCount).toBe(1);
    });
  });

  describe('changed by many requests at once', () => {
    it('counts each of 20 additions', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => add(ada.bearer, lamp.id, 1)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const { rows } = await shop.db.query('SELECT id, version FROM carts WHERE user_id = $1', [ada.id]);
      expect(rows).toEqual([{ id: answers[0]?.body.id, version: 20 }]);
      expect((await cartOf(ada.bearer)).itemCount).toBe(20);
    });

    it('lets 10 of 20 have the 10 that there are', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => add(ada.bearer, chair.id, 1)));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([...Array(10).fill(200), ...Array(10).fill(409)]);
      expect((await cartOf(ada.bearer)).itemCount).toBe(10);
    });

    it('answers each with a cart that has its own line', async () => {
      const products = await Promise.all(Array.from({ length: 12 }, () => createProduct(shop.db)));
      const answers = await Promise.all(products.map(({ id }) => add(ada.bearer, id, 1).expect(200)));
      answers.forEach(({ body }, index) => {
        expect(linesOf(body)).toContainEqual([products[index]?.id, 1]);
        expect(body.itemCount).toBe(body.items.length);
      });
      expect((await cartOf(ada.bearer)).itemCount).toBe(12);
    });
  });
});
