import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { addToCart, placeSale } from '../support/buying.js';
import { watchCheckout } from '../support/checkout-statements.js';
import { brokenInvariants } from '../support/invariants.js';

const LINES = 200;

describe('the round trips of a checkout', () => {
  let shop: TestApp;
  let manager: TestUser;
  let items: { productId: string; quantity: number }[];

  beforeAll(async () => {
    shop = await startApp();
    manager = await createCustomer(shop, 'manager');
    items = [];
    for (let n = 0; n < LINES; n += 1) {
      const { id } = await createProduct(shop.db, { stock: 100 });
      items.push({ productId: id, quantity: 1 });
    }
  });
  afterAll(() => shop.close());

  /** The names of the statements that a sale of so many lines sends, of a cart or of what the request names. */
  async function statementsOf(total: string, ofCart = false): Promise<string[]> {
    const buyer = await createCustomer(shop);
    if (ofCart) {
      const { body: cart } = await addToCart(shop, buyer, items[0]?.productId ?? '').expect(200);
      await shop.db.query(
        `INSERT INTO cart_items (cart_id, product_id, quantity, unit_price, added_at)
         SELECT $1, id, 1, price, now() FROM products WHERE id = ANY ($2) ON CONFLICT DO NOTHING`,
        [cart.id, items.map(({ productId }) => productId)],
      );
      // As by another replica: what this one has shown is out of date.
      await shop.db.query('UPDATE carts SET version = version + 1 WHERE id = $1', [cart.id]);
      await shop.http.get('/api/cart').set(buyer.bearer).expect(200);
    }
    const { status, body, statements } = await watchCheckout(shop, placeSale(shop, buyer, ofCart ? undefined : items));
    expect({ status, body }).toMatchObject({ status: 201, body: { total } });
    return statements;
  }
  const make = (path: string, body: object) =>
    shop.http.post(`/api/admin/${path}`).set(manager.bearer).send(body).expect(201);

  it('are two for 200 lines, with and without shipping methods and tax rates, and three with promotions', async () => {
    expect(await statementsOf('2000.00')).toEqual(['checkout.quote.user.items', 'checkout.place.batch']);
    expect(await statementsOf('2000.00', true)).toEqual([
      'checkout.place.batch',
      'checkout.quote.user.cart',
      'checkout.place.batch',
    ]);
    await make('shipping-methods', { code: 'post', name: 'Post', kind: 'flat', price: '5.00', countries: ['GB'] });
    await make('tax-rates', { country: 'GB', rate: '20' });
    expect(await statementsOf('2406.00')).toEqual(['checkout.quote.user.items', 'checkout.place.batch']);
    expect(await statementsOf('2406.00', true)).toEqual(['checkout.quote.user.cart', 'checkout.place.batch']);
    await make('promotions', { name: 'Off', type: 'fixed', amount: '5.00' });
    expect(await statementsOf('2400.00')).toEqual([
      'checkout.quote.user.items',
      'promotions.offers',
      'checkout.place.alone.promoted',
    ]);
    expect(await statementsOf('2400.00', true)).toEqual([
      'checkout.quote.user.cart',
      'promotions.offers',
      'checkout.place.alone.promoted',
    ]);
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
});
