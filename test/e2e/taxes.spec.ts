import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, addToCart, paySale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';

const PATH = '/api/admin/tax-rates';
let shop: TestApp;
let manager: TestUser;

const post = (body: object) => shop.http.post(PATH).set(manager.bearer).send(body);
const patch = (id: string, body: object) => shop.http.patch(`${PATH}/${id}`).set(manager.bearer).send(body);
const make = async (terms: object): Promise<string> => (await post({ country: 'GB', ...terms }).expect(201)).body.id;
const ship = (terms: object) =>
  shop.http
    .post('/api/admin/shipping-methods')
    .set(manager.bearer)
    .send({ code: 'post', name: 'Post', kind: 'flat', price: '5.00', ...terms })
    .expect(201);
async function product(price: bigint, taxCategory = 'standard'): Promise<string> {
  const { id } = await createProduct(shop.db, { price, currency: shop.config.STORE_CURRENCY, stock: 1_000 });
  await shop.http.patch(`/api/products/${id}`).set(manager.bearer).send({ taxCategory }).expect(200);
  return id;
}
interface Item {
  readonly productId: string;
  readonly quantity: number;
}
const place = (buyer: TestUser, items: readonly Item[], address: object = {}) =>
  shop.http
    .post('/api/sales')
    .set(buyer.bearer)
    .send({ items, deliveryAddress: { ...ADDRESS, ...address } });
async function documentsOf(buyer: TestUser): Promise<{ invoice: Record<string, unknown>; xml: string }> {
  const { body } = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
  const [invoice] = body.items;
  const pdf = await shop.http.get(`/api/invoices/${invoice.id}/pdf`).set(buyer.bearer).expect(200);
  expect(pdf.headers['content-type']).toBe('application/pdf');
  const xml = await shop.http.get(`/api/invoices/${invoice.id}/xml`).set(buyer.bearer).buffer(true).expect(200);
  return { invoice, xml: xml.text ?? String(xml.body) };
}
const numbersIn = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<cbc:${name}[^>]*>([^<]*)<`, 'g'))].map(([, text = '']) => text);

function shopWith(settings: Readonly<Record<string, string>>): void {
  beforeAll(async () => {
    shop = await startApp({ STORE_COUNTRY: 'GB', STORE_TAX_ID: 'GB123456789', ...settings });
    manager = await createCustomer(shop, 'manager');
  });
  beforeEach(() => shop.db.query('TRUNCATE tax_rates; DELETE FROM shipping_methods'));
  afterEach(async () => expect(await brokenInvariants(shop.db)).toEqual({}));
  afterAll(() => shop.close());
}

describe('prices without tax', () => {
  shopWith({});

  test('a rate is made, shown, listed, changed and deleted', async () => {
    const input = { country: 'FR', rate: 5.5, category: 'books', name: 'TVA' };
    const { body: made, headers } = await post(input).expect(201);
    expect(made).toMatchObject({ ...input, rate: '5.5', region: null, version: 1 });
    expect(headers.location).toBe(`${PATH}/${made.id}`);
    expect((await shop.http.get(`${PATH}/${made.id}`).set(manager.bearer).expect(200)).body).toEqual(made);
    const { body: changed } = await patch(made.id, { rate: '10', region: 'Corse' }).expect(200);
    expect(changed).toMatchObject({ rate: '10', region: 'Corse', category: 'books', version: 2 });
    await make({ rate: '20' });
    const { body: list } = await shop.http.get(`${PATH}?perPage=1`).set(manager.bearer).expect(200);
    expect(list).toMatchObject({ items: [{ rate: '20', category: 'standard', name: 'Tax' }], total: 2 });
    await shop.http.delete(`${PATH}/${made.id}`).set(manager.bearer).expect(204);
    await shop.http.delete(`${PATH}/${made.id}`).set(manager.bearer).expect(404);
  });

  test('a category has one rate in a place', async () => {
    await make({ rate: '20', region: 'New  York ' });
    const { body } = await post({ country: 'GB', rate: '5', region: 'new york' }).expect(409);
    expect(body).toMatchObject({ code: 'tax_rate_taken', errors: [{ path: 'category' }] });
    await make({ rate: '5', region: 'new york', category: 'books' });
    const whole = await make({ rate: '5' });
    await patch(whole, { region: 'NEW YORK' }).expect(409);
  });

  test.each<[string, object]>([
    ['rate', { rate: '100.01' }],
    ['rate', { rate: -1 }],
    ['rate', { rate: '20%' }],
    ['rate', { rate: undefined }],
    ['country', { country: 'gb' }],
    ['country', { country: 'XX' }],
    ['category', { category: 'A b' }],
    ['colour', { colour: 'red' }],
  ])('a rate with a bad %s is refused: %j', async (path, terms) => {
    const { status, body } = await post({ country: 'GB', rate: '20', ...terms });
    expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test('nothing is taxed where there is no rate', async () => {
    await make({ country: 'FR', rate: '20' });
    const [buyer, mug] = [await createCustomer(shop), await product(1_000n)];
    const { body } = await place(buyer, [{ productId: mug, quantity: 1 }]).expect(201);
    expect(body).toMatchObject({ tax: '0.00', total: '10.00', pricesIncludeTax: false });
    expect(body.taxes).toEqual([{ rate: '0', base: '10.00', tax: '0.00' }]);
  });

  test('lines and shipping are taxed at the rates of the address, and the invoice says at which', async () => {
    await make({ rate: '20' });
    await make({ rate: '0', category: 'books' });
    await make({ rate: '8.875', category: 'food' });
    await ship({ taxCategory: 'food' });
    const buyer = await createCustomer(shop);
    const items = [
      { productId: await product(999n), quantity: 3 },
      { productId: await product(1_500n, 'books'), quantity: 1 },
      { productId: await product(333n, 'food'), quantity: 2 },
    ];
    const { body: sale } = await place(buyer, items).expect(201);
    // 29.97 × 0.2 = 5.994, 6.66 × 0.08875 = 0.591, 5.00 × 0.08875 = 0.444
    expect(sale).toMatchObject({ subtotal: '51.63', shipping: '5.00', tax: '7.02', total: '63.65' });
    expect(sale.items.map(({ tax, taxRate }: Record<string, string>) => [tax, taxRate])).toEqual([
      ['5.99', '20'],
      ['0.00', '0'],
      ['0.59', '8.875'],
    ]);
    const taxes = [
      { rate: '20', base: '29.97', tax: '5.99' },
      { rate: '8.875', base: '11.66', tax: '1.03' },
      { rate: '0', base: '15.00', tax: '0.00' },
    ];
    expect(sale.taxes).toEqual(taxes);
    expect((await shop.http.get(`/api/sales/${sale.id}`).set(buyer.bearer)).body).toEqual(sale);
    expect((await paySale(shop, buyer, sale.id).expect(201)).body.amount).toBe('63.65');
    const { invoice, xml } = await documentsOf(buyer);
    expect(invoice).toMatchObject({ tax: '7.02', total: '63.65', taxes, pricesIncludeTax: false });
    expect(numbersIn(xml, 'TaxAmount')).toEqual(['7.02', '5.99', '1.03', '0.00']);
    expect(new Set(numbersIn(xml, 'Percent'))).toEqual(new Set(['20', '8.875', '0']));
    expect(numbersIn(xml, 'TaxInclusiveAmount')).toEqual(['63.65']);
  });

  test('a region has rates of its own', async () => {
    await make({ country: 'US', rate: '0' });
    await make({ country: 'US', region: 'New York', rate: '8.875' });
    const [buyer, mug] = [await createCustomer(shop), await product(10_000n)];
    const taxIn = async (region: string | null) =>
      (await place(buyer, [{ productId: mug, quantity: 1 }], { country: 'US', region }).expect(201)).body.tax;
    expect(await taxIn(' NEW YORK')).toBe('8.88');
    expect(await taxIn('Oregon')).toBe('0.00');
    expect(await taxIn(null)).toBe('0.00');
  });

  test('a rate that changes is charged from then on; sales and their credit notes keep theirs', async () => {
    const rate = await make({ rate: '20' });
    const [buyer, mug] = [await createCustomer(shop), await product(1_000n)];
    const items = [{ productId: mug, quantity: 3 }];
    const { body: sale } = await place(buyer, items).expect(201);
    await paySale(shop, buyer, sale.id).expect(201);
    await patch(rate, { rate: '25' }).expect(200);
    expect((await place(buyer, items).expect(201)).body.tax).toBe('7.50');
    const refund = { items: [{ productId: mug, quantity: 1 }], reason: 'One was broken.' };
    const path = `/api/admin/sales/${sale.id}/refunds`;
    await shop.http.post(path).set(manager.bearer).set('Idempotency-Key', newId()).send(refund).expect(201);
    const { invoice: note, xml } = await documentsOf(buyer);
    expect(note).toMatchObject({ kind: 'credit_note', total: '12.00', tax: '2.00' });
    expect(note.taxes).toEqual([{ rate: '20', base: '10.00', tax: '2.00' }]);
    expect(numbersIn(xml, 'Percent')).toContain('20');
  });

  test('a cart shows the tax within the country of the shop, and then at the default address', async () => {
    const [buyer, mug] = [await createCustomer(shop), await product(1_000n)];
    await addToCart(shop, buyer, mug, 1).expect(200);
    const total = async () => (await shop.http.get('/api/cart/total').set(buyer.bearer).expect(200)).body;
    expect(await total()).toMatchObject({ tax: '0.00', total: '10.00' });
    const rate = await make({ rate: '20' });
    await make({ country: 'FR', region: 'Corse', rate: '10' });
    expect(await total()).toMatchObject({ tax: '2.00', total: '12.00' });
    await patch(rate, { rate: '21' }).expect(200);
    expect(await total()).toMatchObject({ tax: '2.10', total: '12.10' });
    const address = { ...ADDRESS, country: 'FR', region: 'Corse', isDefault: true };
    const kept = await shop.http.post('/api/delivery-addresses').set(buyer.bearer).send(address).expect(201);
    expect(await total()).toMatchObject({ tax: '1.00', total: '11.00' });
    const moved = shop.http.patch(`/api/delivery-addresses/${kept.body.id}`).set(buyer.bearer);
    await moved.send({ region: 'Bretagne' }).expect(200);
    expect(await total()).toMatchObject({ tax: '0.00', total: '10.00' });
  });
});

describe('prices with tax', () => {
  shopWith({ STORE_PRICES_INCLUDE_TAX: 'true', TAX_ROUNDING: 'total' });

  test('are charged as they are; sale, invoice and credit note tell the tax in them', async () => {
    await make({ rate: '20' });
    await make({ rate: '5', category: 'food' });
    await ship({});
    const buyer = await createCustomer(shop);
    const [mug, tea] = [await product(1_000n), await product(1_050n, 'food')];
    const items = [
      { productId: mug, quantity: 3 },
      { productId: tea, quantity: 1 },
    ];
    const { body: sale } = await place(buyer, items).expect(201);
    // 35.00 with 20 % has 5.83 in it: 5.00 of the lines and 0.83 of the shipping.
    expect(sale).toMatchObject({ subtotal: '40.50', shipping: '5.00', tax: '0.00', total: '45.50' });
    expect(sale.items).toMatchObject([
      { tax: '0.00', includedTax: '5.00', taxRate: '20' },
      { tax: '0.00', includedTax: '0.50', taxRate: '5' },
    ]);
    const taxes = [
      { rate: '20', base: '29.17', tax: '5.83' },
      { rate: '5', base: '10.00', tax: '0.50' },
    ];
    expect(sale).toMatchObject({ pricesIncludeTax: true, taxes });
    expect((await paySale(shop, buyer, sale.id).expect(201)).body.amount).toBe('45.50');
    const { invoice, xml } = await documentsOf(buyer);
    expect(invoice).toMatchObject({ total: '45.50', tax: '0.00', pricesIncludeTax: true, taxes });
    expect(numbersIn(xml, 'TaxAmount')).toEqual(['6.33', '5.83', '0.50']);
    expect(numbersIn(xml, 'TaxExclusiveAmount')).toEqual(['39.17']);
    expect(numbersIn(xml, 'TaxInclusiveAmount')).toEqual(['45.50']);
    expect(numbersIn(xml, 'PriceAmount')).toEqual(['8.333333', '10.00']);
    const refund = { items: [{ productId: mug, quantity: 2 }], reason: 'Two were broken.' };
    const path = `/api/admin/sales/${sale.id}/refunds`;
    await shop.http.post(path).set(manager.bearer).set('Idempotency-Key', newId()).send(refund).expect(201);
    const { invoice: note, xml: noteXml } = await documentsOf(buyer);
    expect(note).toMatchObject({ kind: 'credit_note', total: '20.00', tax: '0.00' });
    expect(note.taxes).toEqual([{ rate: '20', base: '16.67', tax: '3.33' }]);
    expect(numbersIn(noteXml, 'TaxInclusiveAmount')).toEqual(['20.00']);
  });

  test('have credit notes whose taxes sum to that of the invoice, in however many parts the money goes back', async () => {
    await make({ rate: '19' });
    await ship({ price: '1.00' });
    const buyer = await createCustomer(shop);
    const mug = await product(55n);
    const { body: sale } = await place(buyer, [{ productId: mug, quantity: 7 }]).expect(201);
    await paySale(shop, buyer, sale.id).expect(201);
    const path = `/api/admin/sales/${sale.id}/refunds`;
    const piece = { items: [{ productId: mug, quantity: 1 }] };
    for (const part of [piece, piece, { amount: '0.50' }, piece, { amount: '0.33' }, {}]) {
      await shop.http
        .post(path)
        .set(manager.bearer)
        .set('Idempotency-Key', newId())
        .send({ ...part, reason: 'x' })
        .expect(201);
    }
    const { body } = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
    const documents: { kind: string; taxes: { base: string; tax: string }[] }[] = body.items;
    const sumOf = (kind: string, part: 'base' | 'tax'): number =>
      documents
        .filter((document) => document.kind === kind)
        .flatMap(({ taxes }) => taxes)
        .reduce((sum, taxes) => sum + Math.round(Number(taxes[part]) * 100), 0);
    expect(documents).toHaveLength(7);
    for (const part of ['base', 'tax'] as const) expect(sumOf('credit_note', part)).toBe(sumOf('invoice', part));
  });
});
