import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, paySale, placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp({ STORE_COUNTRY: 'DE' });
  manager = await createCustomer(shop, 'manager');
});
beforeEach(async () => {
  await shop.db.query('DELETE FROM shipping_methods');
  await shop.db.query('UPDATE promotions SET active = false');
});
afterEach(async () => expect(await brokenInvariants(shop.db)).toEqual({}));
afterAll(() => shop.close());

const PATH = '/api/admin/shipping-methods';
const post = (body: object) => shop.http.post(PATH).set(manager.bearer).send(body);
const patch = (id: string, body: object) => shop.http.patch(`${PATH}/${id}`).set(manager.bearer).send(body);
async function make(code: string, terms: object = {}): Promise<string> {
  return (await post({ code, name: code, kind: 'flat', price: '4.90', ...terms }).expect(201)).body.id;
}
const place = (buyer: TestUser, productId: string, more: object = {}, country: string = ADDRESS.country) =>
  shop.http
    .post('/api/sales')
    .set(buyer.bearer)
    .send({ items: [{ productId, quantity: 2 }], deliveryAddress: { ...ADDRESS, country }, ...more });
const cartOf = async (buyer: TestUser) => (await shop.http.get('/api/cart').set(buyer.bearer).expect(200)).body;
const totalOf = async (buyer: TestUser) => (await shop.http.get('/api/cart/total').set(buyer.bearer).expect(200)).body;
const optionsOf = (buyer: TestUser | undefined, country?: string) =>
  shop.http
    .get('/api/shipping-methods')
    .query(country === undefined ? {} : { country })
    .set(buyer?.bearer ?? {});
const mug = async (): Promise<string> => (await createProduct(shop.db, { price: 1_000n, stock: 1_000 })).id;
const weigh = (id: string, weight: number) =>
  shop.http.patch(`/api/products/${id}`).set(manager.bearer).send({ weight }).expect(200);
const liveAt = (buyer: TestUser, country: string) =>
  shop.http
    .post('/api/delivery-addresses')
    .set(buyer.bearer)
    .send({ ...ADDRESS, country, isDefault: true })
    .expect(201);

describe('a shipping method', () => {
  test('is made, shown, listed, changed and deleted', async () => {
    const input = {
      code: 'post-1',
      name: 'Post',
      kind: 'flat',
      price: 4.9,
      freeAbove: '50',
      countries: ['DE', 'AT', 'DE'],
    };
    const { body: made, headers } = await post(input).expect(201);
    expect(made).toMatchObject({
      ...{ code: 'post-1', name: 'Post', kind: 'flat', price: '4.90', brackets: null, freeAbove: '50.00' },
      ...{ countries: ['AT', 'DE'], sortOrder: 0, taxCategory: null, active: true, version: 1, currency: 'USD' },
    });
    expect(headers.location).toBe(`${PATH}/${made.id}`);
    const shown = await shop.http.get(`${PATH}/${made.id}`).set(manager.bearer).expect(200);
    expect(shown.body).toEqual(made);
    const brackets = [
      { maxWeight: 1_000, price: '3.00' },
      { maxWeight: null, price: '9' },
    ];
    const { body: changed } = await patch(made.id, { kind: 'by_weight', brackets, countries: null }).expect(200);
    expect(changed).toMatchObject({
      ...{ kind: 'by_weight', price: null, countries: null, freeAbove: '50.00', version: 2 },
      brackets: [
        { maxWeight: 1_000, maxTotal: null, price: '3.00' },
        { maxWeight: null, maxTotal: null, price: '9.00' },
      ],
    });
    await make('express', { sortOrder: -1 });
    const list = await shop.http.get(PATH).set(manager.bearer).expect(200);
    expect(list.body.items.map(({ code }: { code: string }) => code)).toEqual(['express', 'post-1']);
    const first = await shop.http.get(`${PATH}?cursor=&perPage=1`).set(manager.bearer).expect(200);
    const next = await shop.http.get(`${PATH}?perPage=1&cursor=${first.body.nextCursor}`).set(manager.bearer);
    expect([first.body.items[0].code, next.body.items[0].code, next.body.nextCursor]).toEqual([
      ...['express', 'post-1'],
      null,
    ]);
    await shop.http.delete(`${PATH}/${made.id}`).set(manager.bearer).expect(204);
    await shop.http.get(`${PATH}/${made.id}`).set(manager.bearer).expect(404);
  });

  test('has a code of its own, which never changes', async () => {
    const id = await make('post');
    const { body } = await post({ code: 'post', name: 'Other', kind: 'flat', price: '1' }).expect(409);
    expect(body).toMatchObject({ code: 'shipping_code_taken', errors: [{ path: 'code' }] });
    await patch(id, { code: 'other' }).expect(400);
  });

  test.each<[string, object]>([
    ['code', { code: 'No Code' }],
    ['kind', { kind: 'by_magic' }],
    ['price', { price: undefined }],
    ['price', { price: '1.001' }],
    ['price', { price: -1 }],
    ['brackets', { brackets: [{ price: '1' }] }],
    ['price', { kind: 'by_weight', brackets: [{ price: '1' }] }],
    ['brackets', { kind: 'by_total', price: undefined }],
    ['brackets', { kind: 'by_total', price: undefined, brackets: [] }],
    ['brackets.0.maxWeight', { kind: 'by_total', price: undefined, brackets: [{ maxWeight: 1, price: '1' }] }],
    ['brackets.0.maxWeight', { kind: 'by_weight', price: undefined, brackets: [{ maxWeight: 1.5, price: '1' }] }],
    ['brackets.0.price', { kind: 'by_weight', price: undefined, brackets: [{ maxWeight: 1 }] }],
    [
      'brackets.1',
      {
        kind: 'by_total',
        price: undefined,
        brackets: [
          { maxTotal: 5, price: 1 },
          { maxTotal: '5.00', price: 2 },
        ],
      },
    ],
    ['brackets.1', { kind: 'by_total', price: undefined, brackets: [{ price: 1 }, { maxTotal: '5.00', price: 2 }] }],
    ['countries', { countries: ['XX'] }],
    ['countries', { countries: [] }],
    ['freeAbove', { freeAbove: 'much' }],
    ['taxCategory', { taxCategory: 'No' }],
    ['colour', { colour: 'red' }],
  ])('with a bad %s is refused: %j', async (path, terms) => {
    const body = { code: 'bad', name: 'Bad', kind: 'flat', price: '1', ...terms };
    const answer = await post(body);
    expect([answer.status, answer.body.errors?.map((each: { path: string }) => each.path)]).toEqual([
      400,
      expect.arrayContaining([path]),
    ]);
  });
});

describe('a sale', () => {
  test('costs nothing to send in a shop without shipping methods, which knows none by name either', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    const { body } = await place(buyer, product).expect(201);
    expect(body).toMatchObject({ shipping: '0.00', total: '20.00', shippingMethod: null });
    await make('idle', { active: false });
    for (const shippingMethod of ['idle', 'post', '']) {
      const refused = await place(buyer, product, { shippingMethod });
      expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'shippingMethod']);
    }
  });

  test('is sent as it says, and charged for that', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await make('post');
    await make('courier', { price: '12.50', sortOrder: 5 });
    const { body: sale } = await place(buyer, product, { shippingMethod: 'courier' }).expect(201);
    expect(sale).toMatchObject({ subtotal: '20.00', shipping: '12.50', total: '32.50', shippingMethod: 'courier' });
    const read = await shop.http.get(`/api/sales/${sale.id}`).set(buyer.bearer).expect(200);
    expect(read.body).toMatchObject({ shipping: '12.50', shippingMethod: 'courier' });
    const paid = await paySale(shop, buyer, sale.id).expect(201);
    expect(paid.body.amount).toBe('32.50');
    const invoices = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
    expect(invoices.body.items[0]).toMatchObject({ shipping: '12.50', total: '32.50' });
  });

  test('takes the first method that goes there, unless its customer prefers another', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await make('islands', { countries: ['IE'], sortOrder: -5 });
    await make('post', { price: '5.00' });
    await make('courier', { price: '15.00', countries: ['GB', 'FR'], sortOrder: 3 });
    expect((await place(buyer, product).expect(201)).body.shippingMethod).toBe('post');
    expect((await place(buyer, product, {}, 'IE').expect(201)).body.shippingMethod).toBe('islands');
    const me = () => shop.http.patch('/api/users/me').set(buyer.bearer);
    const chosen = await me().send({ defaultShippingMethod: 'courier' }).expect(200);
    expect(chosen.body.defaultShippingMethod).toBe('courier');
    expect((await shop.http.get('/api/users/me').set(buyer.bearer)).body.defaultShippingMethod).toBe('courier');
    expect((await place(buyer, product).expect(201)).body).toMatchObject({
      shippingMethod: 'courier',
      shipping: '15.00',
    });
    expect((await place(buyer, product, {}, 'US').expect(201)).body.shippingMethod).toBe('post');
    const unknown = await me().send({ defaultShippingMethod: 'none-such' }).expect(400);
    expect(unknown.body.errors).toMatchObject([{ path: 'defaultShippingMethod' }]);
    expect((await me().send({ defaultShippingMethod: null }).expect(200)).body).not.toHaveProperty(
      'defaultShippingMethod',
    );
    expect((await place(buyer, product).expect(201)).body.shippingMethod).toBe('post');
  });

  test('is refused where its method does not go there or there is none that does, and nothing changes', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await make('post', { countries: ['DE', 'AT'] });
    const named = await place(buyer, product, { shippingMethod: 'post' }).expect(400);
    expect(named.body).toMatchObject({
      code: 'shipping_method_unavailable',
      errors: [{ path: 'shippingMethod', available: [] }],
    });
    const silent = await place(buyer, product).expect(409);
    expect(silent.body).toMatchObject({
      code: 'shipping_method_unavailable',
      errors: [{ path: 'deliveryAddress.country', country: 'GB' }],
    });
    const { rows } = await shop.db.query('SELECT stock FROM products WHERE id = $1', [product]);
    expect(rows).toEqual([{ stock: 1_000 }]);
  });

  test('by weight costs what its pieces weigh together, and is not sent when it is too heavy', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await weigh(product, 400);
    const brackets = [
      { maxWeight: 800, price: '3.00' },
      { maxWeight: 2_000, price: '7.00' },
    ];
    await make('parcel', { kind: 'by_weight', price: undefined, brackets });
    expect((await place(buyer, product).expect(201)).body.shipping).toBe('3.00');
    const five = [{ productId: product, quantity: 5 }];
    expect((await place(buyer, product, { items: five }).expect(201)).body.shipping).toBe('7.00');
    await place(buyer, product, { items: [{ productId: product, quantity: 6 }] }).expect(409);
  });

  test('from the saved address of its customer is sent there', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await make('domestic', { countries: ['DE'], price: '2.00' });
    await make('world', { price: '20.00', sortOrder: 1 });
    await liveAt(buyer, 'FR');
    const items = [{ productId: product, quantity: 1 }];
    const { body } = await shop.http.post('/api/sales').set(buyer.bearer).send({ items }).expect(201);
    expect(body).toMatchObject({ shipping: '20.00', shippingMethod: 'world' });
  });

  test('has a guest’s method too', async () => {
    const product = await mug();
    await make('post', { price: '2.00' });
    await make('courier', { price: '9.00', sortOrder: 1 });
    const made = await shop.http.post('/api/cart/items').send({ productId: product, quantity: 1 }).expect(200);
    const token = { 'cart-token': made.headers['cart-token'] ?? '' };
    const options = await shop.http.get('/api/shipping-methods?country=FR').set(token).expect(200);
    expect(options.body.items).toMatchObject([{ code: 'post', price: '2.00' }, { code: 'courier' }]);
    const body = { email: 'guest@example.com', deliveryAddress: ADDRESS, shippingMethod: 'courier' };
    const sale = await shop.http.post('/api/sales').set(token).send(body).expect(201);
    expect(sale.body).toMatchObject({ shipping: '9.00', total: '19.00' });
  });
});

describe('a cart', () => {
  test('shows the shipping within the country of the shop, and then to the default address', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await addToCart(shop, buyer, product, 2).expect(200);
    expect(await totalOf(buyer)).toMatchObject({ shipping: '0.00', total: '20.00' });
    await make('domestic', { countries: ['DE'], price: '2.00', freeAbove: '30.00' });
    await make('france', { countries: ['FR'], price: '6.00' });
    await make('courier', { countries: ['FR'], price: '16.00', sortOrder: 1 });
    expect(await cartOf(buyer)).toMatchObject({ shipping: '2.00', total: '22.00' });
    expect(await totalOf(buyer)).toMatchObject({ shipping: '2.00', total: '22.00' });
    await liveAt(buyer, 'FR');
    expect(await totalOf(buyer)).toMatchObject({ shipping: '6.00', total: '26.00' });
    await shop.http.patch('/api/users/me').set(buyer.bearer).send({ defaultShippingMethod: 'courier' }).expect(200);
    expect(await totalOf(buyer)).toMatchObject({ shipping: '16.00', total: '36.00' });
    await liveAt(buyer, 'US');
    expect(await totalOf(buyer)).toMatchObject({ shipping: '0.00', total: '20.00' });
    await liveAt(buyer, 'DE');
    const { body: more } = await addToCart(shop, buyer, product, 1).expect(200);
    expect(more).toMatchObject({ subtotal: '30.00', shipping: '0.00', total: '30.00' });
  });

  test('that is empty costs nothing to send', async () => {
    await make('post');
    expect(await cartOf(await createCustomer(shop))).toMatchObject({ shipping: '0.00', total: '0.00' });
    expect((await shop.http.get('/api/cart').expect(200)).body).toMatchObject({ shipping: '0.00', total: '0.00' });
  });

  test('tells how it can be sent somewhere, and what that costs', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await weigh(product, 600);
    await addToCart(shop, buyer, product, 2).expect(200);
    const by_weight = { kind: 'by_weight', price: undefined };
    await make('letter', { ...by_weight, brackets: [{ maxWeight: 1_000, price: '1.00' }] });
    await make('parcel', { ...by_weight, brackets: [{ maxWeight: 2_000, price: '6.00' }], sortOrder: 2 });
    await make('free-1', { name: 'Slow', freeAbove: '20.00', sortOrder: 1 });
    const { body } = await optionsOf(buyer, 'FR').expect(200);
    expect(body).toEqual({
      ...{ country: 'FR', currency: 'USD' },
      items: [
        { code: 'free-1', name: 'Slow', price: '0.00' },
        { code: 'parcel', name: 'parcel', price: '6.00' },
      ],
    });
    expect((await optionsOf(undefined).expect(200)).body).toMatchObject({ country: 'DE' });
    for (const wrong of ['de', 'XX', 'Germany']) {
      expect((await optionsOf(buyer, wrong).expect(400)).body.errors).toMatchObject([{ path: 'country' }]);
    }
  });
});

describe('a promotion that gives the shipping', () => {
  const promote = async (terms: object) => {
    const body = { name: 'Free', type: 'free_shipping', ...terms };
    return (await shop.http.post('/api/admin/promotions').set(manager.bearer).send(body).expect(201)).body;
  };

  test('does so in the cart and in the sale, by itself or by a coupon', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    await make('post');
    await addToCart(shop, buyer, product, 2).expect(200);
    const { code } = await promote({ code: `FREE-${newId().slice(-8)}`, usageLimit: 1 });
    const { body: cart } = await shop.http.put('/api/cart/coupon').set(buyer.bearer).send({ code }).expect(200);
    expect(cart).toMatchObject({ shipping: '0.00', discount: '0.00', total: '20.00' });
    const { body: sale } = await placeSale(shop, buyer, undefined).expect(201);
    expect(sale).toMatchObject({ shipping: '0.00', total: '20.00', couponCode: code, shippingMethod: 'post' });
    await promote({ minimum: '30.00' });
    expect((await place(buyer, product).expect(201)).body.shipping).toBe('4.90');
    const three = [{ productId: product, quantity: 3 }];
    expect((await place(buyer, product, { items: three }).expect(201)).body).toMatchObject({
      ...{ shipping: '0.00', discount: '0.00', total: '30.00', couponCode: null },
    });
  });

  test('takes nothing off where shipping is free anyway, and says so', async () => {
    const [buyer, product] = [await createCustomer(shop), await mug()];
    const { code: couponCode } = await promote({ code: `FREE-${newId().slice(-8)}` });
    const { body } = await place(buyer, product, { couponCode }).expect(409);
    expect(body).toMatchObject({ code: 'coupon_not_applicable' });
  });
});
