import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart } from '../support/buying.js';
import { eventually } from '../support/eventually.js';

describe('the total of a cart that one replica has kept', () => {
  let shop: TestApp;
  let replica: TestApp;
  let manager: TestUser;
  let buyer: TestUser;

  beforeAll(async () => {
    shop = await startApp({ STORE_COUNTRY: 'GB' });
    replica = await startApp({ STORE_COUNTRY: 'GB' }, shop);
    manager = await createCustomer(shop, 'manager');
    buyer = await createCustomer(shop);
    const { id } = await createProduct(shop.db, { price: 1_000n });
    await addToCart(shop, buyer, id).expect(200);
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const staff = (method: 'post' | 'patch' | 'delete', path: string, body?: object) =>
    shop.http[method](`/api/admin/${path}`).set(manager.bearer).send(body);
  const seen = async (path: string) => (await replica.http.get(path).set(buyer.bearer).expect(200)).body;
  const total = async (): Promise<string> => {
    const { total: first } = await seen('/api/cart/total');
    // A replica that was held up asks the database again.
    await eventually(async () => {
      const again = await replica.http.get('/api/cart/total').set(buyer.bearer).expect(200);
      expect([again.body.total, again.headers['x-cache']]).toEqual([first, 'HIT']);
    });
    return first;
  };

  it('shows what another one has made of shipping, taxes and the customer’s choices, at once', async () => {
    expect(await total()).toBe('10.00');
    const post = { code: 'post', name: 'Post', kind: 'flat', price: '5.00' };
    await staff('post', 'shipping-methods', post).expect(201);
    expect(await total()).toBe('15.00');
    const { body: courier } = await staff('post', 'shipping-methods', { ...post, code: 'courier', sortOrder: 1 });
    await staff('patch', `shipping-methods/${courier.id}`, { price: '9.00' }).expect(200);
    const { body: rate } = await staff('post', 'tax-rates', { country: 'GB', rate: '20' }).expect(201);
    expect(await total()).toBe('18.00');
    const me = shop.http.patch('/api/users/me').set(buyer.bearer);
    await me.send({ defaultShippingMethod: 'courier' }).expect(200);
    for (const each of [shop, replica]) {
      const { body } = await each.http.get('/api/users/me').set(buyer.bearer).expect(200);
      expect(body).toMatchObject({ defaultShippingMethod: 'courier' });
    }
    expect(await total()).toBe('22.80');
    await staff('patch', `tax-rates/${rate.id}`, { rate: '10' }).expect(200);
    expect(await total()).toBe('20.90');
    const address = { ...ADDRESS, country: 'FR', isDefault: true };
    await shop.http.post('/api/delivery-addresses').set(buyer.bearer).send(address).expect(201);
    expect(await total()).toBe('19.00');
    await staff('delete', `shipping-methods/${courier.id}`).expect(204);
    expect(await total()).toBe('15.00');
    for (const each of [shop, replica]) {
      const me = await each.http.get('/api/users/me').set(buyer.bearer).expect(200);
      expect(me.body).not.toHaveProperty('defaultShippingMethod');
    }
    await staff('delete', `tax-rates/${rate.id}`).expect(204);
    expect(await total()).toBe('15.00');
  });
});
