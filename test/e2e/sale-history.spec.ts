import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { deliveredSale, placeSale } from '../support/buying.js';

describe('the history of a sale', () => {
  let shop: TestApp;
  let staff: TestUser;
  let productId: string;

  beforeAll(async () => {
    shop = await startApp({ WORKER: 'off' });
    staff = await createCustomer(shop, 'manager');
    productId = (await createProduct(shop.db)).id;
  });
  afterAll(() => shop.close());

  const ofStaff = async (saleId: string) =>
    (await shop.http.get(`/api/admin/sales/${saleId}/history`).set(staff.bearer).expect(200)).body.items;

  it('tells staff who did what, and the buyer when and why', async () => {
    const { customer, saleId } = await deliveredSale(shop, staff, [{ productId, quantity: 1 }]);
    const change = { status: 'returned', note: 'All came back.' };
    await shop.http.patch(`/api/admin/sales/${saleId}/status`).set(staff.bearer).send(change).expect(200);
    const at = expect.stringMatching(/Z$/);
    expect(await ofStaff(saleId)).toEqual([
      { from: null, status: 'pending', actor: 'customer', at, note: null },
      { from: 'pending', status: 'confirmed', actor: 'payment', at, note: null },
      { from: 'confirmed', status: 'shipped', actor: staff.id, at, note: null },
      { from: 'shipped', status: 'delivered', actor: staff.id, at, note: null },
      { from: 'delivered', status: 'returned', actor: staff.id, at, note: 'All came back.' },
    ]);
    const { body } = await shop.http.get(`/api/sales/${saleId}/tracking`).set(customer.bearer).expect(200);
    expect(body.history.map(({ status, at: _, ...rest }: Record<string, unknown>) => ({ status, ...rest }))).toEqual([
      { status: 'pending', note: null },
      { status: 'confirmed', note: null },
      { status: 'shipped', note: null },
      { status: 'delivered', note: null },
      { status: 'returned', note: 'All came back.' },
    ]);
  });

  it('tells who cancelled', async () => {
    const customer = await createCustomer(shop);
    const { body } = await placeSale(shop, customer, [{ productId, quantity: 1 }]).expect(201);
    await shop.http.post(`/api/sales/${body.id}/cancel`).set(customer.bearer).send({ reason: 'No.' }).expect(200);
    expect(await ofStaff(body.id)).toMatchObject([{ status: 'pending' }, { status: 'cancelled', actor: 'customer' }]);
  });

  it('tells why staff took it for paid, and the audit log nothing that did not come of it', async () => {
    const customer = await createCustomer(shop);
    const { body } = await placeSale(shop, customer, [{ productId, quantity: 1 }]).expect(201);
    const change = { status: 'confirmed', note: 'By bank transfer.', carrier: 'DHL', trackingNumber: '00340' };
    await shop.http.patch(`/api/admin/sales/${body.id}/status`).set(staff.bearer).send(change).expect(200);
    expect((await ofStaff(body.id)).at(-1)).toMatchObject({ actor: staff.id, note: 'By bank transfer.' });
    const { rows } = await shop.db.query('SELECT before, after FROM audit_log WHERE subject_id = $1', [body.id]);
    expect(rows).toEqual([{ before: { status: 'pending' }, after: { status: 'confirmed' } }]);
  });

  it('of a sale that is not there is not there', async () => {
    const answer = await shop.http.get(`/api/admin/sales/${staff.id}/history`).set(staff.bearer).expect(404);
    expect(answer.body.code).toBe('sale_not_found');
  });
});
