import { randomUUID } from 'node:crypto';
import { CartPrivacy } from '../../src/modules/carts/cart-privacy.api.js';
import { CartsApi } from '../../src/modules/carts/carts.api.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, placeSale } from '../support/buying.js';
import { watchCheckout } from '../support/checkout-statements.js';
import { brokenInvariants } from '../support/invariants.js';

const AT_ONCE = ['checkout.place.batch'];

interface Cart {
  readonly customer: TestUser;
  readonly product: TestProduct;
}

describe('a cart that was just shown', () => {
  let shop: TestApp;
  let replica: TestApp;
  let manager: TestUser;

  beforeAll(async () => {
    shop = await startApp();
    replica = await startApp({}, shop);
    manager = await createCustomer(shop, 'manager');
  });
  afterEach(async () => {
    await shop.db.query('UPDATE promotions SET active = false; DELETE FROM shipping_methods; DELETE FROM tax_rates');
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  /** Of two pieces, at 10.00 each. */
  async function shownCart(): Promise<Cart> {
    const [customer, product] = [await createCustomer(shop), await createProduct(shop.db)];
    await addToCart(shop, customer, product.id, 2).expect(200);
    return { customer, product };
  }

  const checkOut = ({ customer }: Pick<Cart, 'customer'>, headers = {}) =>
    watchCheckout(shop, placeSale(shop, customer, undefined, headers));
  const make = (path: string, body: object) =>
    shop.http.post(`/api/admin/${path}`).set(manager.bearer).send(body).expect(201);
  const update = (what: string) => (cart: Cart) =>
    shop.db.query(`UPDATE products SET ${what} WHERE id = $1`, [cart.product.id]);

  it('is sold in one round trip, with its number, email, events and answer', async () => {
    const cart = await shownCart();
    const key = { 'Idempotency-Key': randomUUID() };
    const { status, body, statements } = await checkOut(cart, key);
    expect({ status, statements }).toEqual({ status: 201, statements: AT_ONCE });
    expect(body).toMatchObject({ number: expect.stringMatching(/^S-\d+$/), total: '20.00' });
    const { rows } = await shop.db.query(
      `SELECT s.number, s.email, e.data ->> 'number' AS told FROM sales s
       JOIN outbox_events e ON e.aggregate_id = s.id AND e.type = 'sale.placed' WHERE s.id = $1`,
      [body.id],
    );
    expect(rows).toEqual([{ number: body.number, email: cart.customer.email, told: body.number }]);
    expect(await checkOut(cart, key)).toMatchObject({ status: 201, body });
  });

  it('serves once: what was sold is not there any more', async () => {
    const cart = await shownCart();
    await checkOut(cart);
    expect(await checkOut(cart)).toMatchObject({ status: 400, body: { code: 'cart_empty' } });
  });

  it('of a guest is sold in one round trip too', async () => {
    const item = { productId: (await createProduct(shop.db)).id, quantity: 1 };
    const filled = await shop.http.post('/api/cart/items').send(item).expect(200);
    const token = { 'Cart-Token': filled.headers['cart-token'] as string };
    const order = { email: 'guest@example.com', deliveryAddress: ADDRESS };
    const { body, statements } = await watchCheckout(shop, shop.http.post('/api/sales').set(token).send(order));
    expect(statements).toEqual(AT_ONCE);
    expect(body).toMatchObject({ total: '10.00' });
  });

  it.each<[string, (cart: Cart) => Promise<unknown>, object]>([
    ['a promotion', () => make('promotions', { name: 'Off', type: 'fixed', amount: '5.00' }), { total: '15.00' }],
    [
      'a shipping method',
      () => make('shipping-methods', { code: 'post', name: 'Post', kind: 'flat', price: '5.00', countries: ['GB'] }),
      { shipping: '5.00', total: '25.00' },
    ],
    ['a tax rate', () => make('tax-rates', { country: 'GB', rate: '20' }), { tax: '4.00', total: '24.00' }],
    ['another price', update('price = 700'), { total: '14.00' }],
    [
      'a price that is due',
      update(
        `sale_price = 300, sale_from = now() - interval '1 minute', next_price_change_at = now() - interval '1 minute'`,
      ),
      { total: '6.00' },
    ],
    ['another name', update(`name = 'Renamed'`), { items: [expect.objectContaining({ name: 'Renamed' })] }],
    [
      'another SKU',
      update(`sku = 'NEW-' || id`),
      { items: [expect.objectContaining({ sku: expect.stringMatching(/^NEW-/) })] },
    ],
    [
      'more in it, by another replica',
      ({ customer, product }) => addToCart(replica, customer, product.id),
      { total: '30.00' },
    ],
    ['an end to the sale of its product', update('active = false'), { code: 'product_not_found' }],
    [
      'too little in stock',
      ({ product }) =>
        shop.db.query(
          `WITH m AS (INSERT INTO stock_movements (id, product_id, delta, balance_after, reason, created_at)
         VALUES (gen_random_uuid(), $1, -99, 1, 'adjustment', now()))
       UPDATE products SET stock = 1 WHERE id = $1`,
          [product.id],
        ),
      { code: 'insufficient_stock' },
    ],
    ['another currency', update(`currency = 'EUR'`), { code: 'product_not_found' }],
  ])('is priced anew where it has got %s', async (_name, change, expected) => {
    const cart = await shownCart();
    await change(cart);
    const { body, statements } = await checkOut(cart);
    expect(body).toMatchObject(expected);
    // Only one more than without having seen it: what was refused is not tried again as it is.
    expect(statements.slice(0, 2)).toEqual(['checkout.place.batch', 'checkout.quote.user.cart']);
    await shop.db.query(`UPDATE products SET currency = 'USD' WHERE id = $1`, [cart.product.id]);
  });

  it('is forgotten with its customer', async () => {
    const { customer } = await shownCart();
    await shop.app.get(CartPrivacy, { strict: false }).erase(customer.id);
    expect(shop.app.get(CartsApi, { strict: false }).takeShown(customer.id)).toBeUndefined();
  });

  it('is given to its customer under the email that they have by now', async () => {
    const { customer, product } = await shownCart();
    const email = `new-${product.id}@example.com`;
    await shop.db.query('UPDATE users SET email = $2 WHERE id = $1', [customer.id, email]);
    const { body, statements } = await checkOut({ customer });
    expect(statements).toEqual(AT_ONCE);
    const { rows } = await shop.db.query('SELECT email FROM sales WHERE id = $1', [body.id]);
    expect(rows).toEqual([{ email }]);
  });

  it('is read again after any other change of it', async () => {
    const { customer, product } = await shownCart();
    await shop.http.patch(`/api/cart/items/${product.id}`).set(customer.bearer).send({ quantity: 1 }).expect(200);
    const { body, statements } = await checkOut({ customer });
    expect(body).toMatchObject({ total: '10.00' });
    expect(statements).toEqual(['checkout.quote.user.cart', 'checkout.place.batch']);
  });
});
