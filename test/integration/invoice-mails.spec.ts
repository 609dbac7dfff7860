import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paidSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { mailsSettled, writtenMails } from '../support/mails.js';
import { SmtpSink } from '../support/smtp-sink.js';

/** The file that a mail brings along. */
function attachmentOf(mail: string): { readonly name: string; readonly bytes: Buffer } {
  const [, name = '', base64 = ''] =
    /Content-Type: application\/pdf; name=(\S+)\r\n(?:.+\r\n)*\r\n([\w+/=\r\n]+?)\r\n--/.exec(mail) ?? [];
  return { name, bytes: Buffer.from(base64, 'base64') };
}

describe('invoices by mail', () => {
  let sink: SmtpSink;
  let shop: TestApp;
  let staff: TestUser;
  let productId: string;

  beforeAll(async () => {
    sink = await new SmtpSink().listen();
    shop = await startApp({ MAIL_INVOICES: 'true', SMTP_URL: sink.url, STORE_NAME: 'Ada’s Shop' });
    staff = await createCustomer(shop, 'manager');
    productId = (await createProduct(shop.db, { price: 1_250n, stock: 1_000 })).id;
  });
  afterEach(() => {
    delete sink.replies.RCPT;
  });
  afterAll(async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
    await shop.close();
    await sink.close();
  });

  const to = (email: string) => sink.mails.filter((mail) => mail.to === email).map(({ source }) => source);
  const invoiceOf = async (saleId: string) =>
    (await shop.db.query(`SELECT id, number FROM invoices WHERE sale_id = $1 AND kind = 'invoice'`, [saleId])).rows[0];

  it('go to their buyer once, as the PDF that the shop gives out', async () => {
    const { customer, saleId } = await paidSale(shop, productId, 2);
    const invoice = await invoiceOf(saleId);
    await mailsSettled(shop);
    const [mail = '', ...others] = to(customer.email);
    expect(others).toEqual([]);
    expect(mail).toContain(`\r\nSubject: Invoice ${invoice.number}\r\n`);
    const { name, bytes } = attachmentOf(mail);
    expect(name).toBe(`${invoice.number}.pdf`);
    const { body } = await shop.http.get(`/api/invoices/${invoice.id}/pdf`).set(customer.bearer).expect(200);
    expect(bytes.equals(body)).toBe(true);
    // The relay died after it had delivered the event, and before it had marked it.
    await shop.db.query(`UPDATE outbox_events SET published_at = NULL WHERE aggregate_id = $1`, [saleId]);
    await mailsSettled(shop);
    expect(to(customer.email)).toHaveLength(1);
  });

  it('are followed by the credit note of each refund', async () => {
    const { customer, saleId } = await paidSale(shop, productId, 2);
    const refund = { amount: '5.00', reason: 'A scratch.' };
    await shop.http.post(`/api/admin/sales/${saleId}/refunds`).set(staff.bearer).send(refund).expect(201);
    await mailsSettled(shop);
    expect(to(customer.email)).toHaveLength(2);
    const notes = to(customer.email).filter((mail) => /\r\nSubject: Credit note CN-\d{4}-\d{6}\r\n/.test(mail));
    expect(notes).toHaveLength(1);
    expect(attachmentOf(notes[0] ?? '').name).toMatch(/^CN-\d{4}-\d{6}\.pdf$/);
  });

  it('go to guests at the address that they gave', async () => {
    const cart = await shop.http.post('/api/cart/items').send({ productId, quantity: 1 }).expect(200);
    const token = cart.headers['cart-token'] ?? '';
    const order = {
      email: 'guest@example.com',
      deliveryAddress: ADDRESS,
      payment: { provider: 'sandbox', method: 'ok' },
    };
    await shop.http.post('/api/sales').set('Cart-Token', token).send(order).expect(201);
    await mailsSettled(shop);
    expect(to('guest@example.com')).toHaveLength(1);
  });

  it('come when the server takes them again', async () => {
    sink.replies.RCPT = '451 Later.';
    const { customer } = await paidSale(shop, productId);
    await mailsSettled(shop);
    const { rows } = await shop.db.query(`SELECT attempts, patient FROM mail_messages WHERE kind = 'invoice'`);
    expect(rows).toEqual([{ attempts: 1, patient: true }]);
    delete sink.replies.RCPT;
    shop.clock.advance(120_000);
    await mailsSettled(shop);
    expect(to(customer.email)).toHaveLength(1);
  });

  it('are not owed to who is erased', async () => {
    sink.replies.RCPT = '451 Later.';
    const { customer } = await paidSale(shop, productId);
    const owed = async () =>
      (
        await shop.db.query(`SELECT id FROM mail_messages WHERE about ->> 'userId' = $1 AND attempts > 0`, [
          customer.id,
        ])
      ).rows;
    await mailsSettled(shop);
    expect(await owed()).toHaveLength(1);
    await shop.http.delete('/api/users/me').set(customer.bearer).expect(204);
    expect(await owed()).toEqual([]);
  });
});

test('invoices are not mailed where that is turned off', async () => {
  const shop = await startApp({ MAIL_INVOICES: 'false' });
  const { id } = await createProduct(shop.db);
  await paidSale(shop, id);
  await mailsSettled(shop);
  expect((await writtenMails(shop)).filter((mail) => mail.includes('Subject: Invoice'))).toEqual([]);
  await shop.close();
});

test('without a server an invoice is a mail in a file, with the PDF in it', async () => {
  const shop = await startApp({ MAIL_INVOICES: 'true' });
  const { id } = await createProduct(shop.db);
  const { customer } = await paidSale(shop, id);
  await mailsSettled(shop);
  const mails = (await writtenMails(shop)).filter((text) => text.includes(`\r\nTo: ${customer.email}\r\n`));
  expect(mails).toHaveLength(1);
  expect(
    attachmentOf(mails[0] ?? '')
      .bytes.subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  await shop.close();
});
