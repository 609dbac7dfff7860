import { randomUUID } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import pg from 'pg';
import type supertest from 'supertest';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paidSale } from '../support/buying.js';
import { schemaProblems } from '../support/ubl-schemas.js';

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false });

const bytes = (request: supertest.Test) =>
  request.buffer(true).parse((response, done) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => done(null, Buffer.concat(parts)));
  });

describe('documents of invoices', () => {
  let shop: TestApp;
  let buyer: TestUser;
  let saleId: string;
  let invoice: { id: string; number: string; total: string };

  beforeAll(async () => {
    shop = await startApp({
      STORE_NAME: 'Harbour & Sons',
      STORE_ADDRESS: '4 Harbour Street; 20457 Hamburg',
      STORE_COUNTRY: 'DE',
      STORE_TAX_ID: 'DE 123 456 789',
    });
    const product = await createProduct(shop.db, { price: 1_999n, name: 'Mug <large> & “blue” 日本' });
    ({ customer: buyer, saleId } = await paidSale(shop, product.id, 2));
    const { body } = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
    [invoice] = body.items;
  });
  afterAll(() => shop.close());

  const get = (path: string, who = buyer, id = invoice.id) =>
    bytes(shop.http.get(`/api/invoices/${id}/${path}`).set(who.bearer));

  it('are a PDF file under the number of the invoice, with its fonts in it, the same each time', async () => {
    const first = await get('pdf').expect(200);
    expect(first.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="${invoice.number}.pdf"`,
      'cache-control': 'private, no-cache',
    });
    const file = (first.body as Buffer).toString('latin1');
    expect(file).toMatch(/^%PDF-1\.7\n/);
    expect(file).toMatch(/%%EOF\n?$/);
    expect(file).toContain('/FontFile2');
    expect(file).not.toMatch(/\/BaseFont \/(Helvetica|Times|Courier)/);
    const again = await get('pdf').expect(200);
    expect((first.body as Buffer).equals(again.body as Buffer)).toBe(true);
    expect(again.headers.etag).toBe(first.headers.etag);
  });

  it('are UBL that the schemas allow, and say what the invoice says', async () => {
    const answer = await get('xml').expect(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/xml; charset=utf-8',
      'content-disposition': `attachment; filename="${invoice.number}.xml"`,
    });
    const xml = (answer.body as Buffer).toString();
    expect(await schemaProblems({ invoice: xml })).toEqual([]);
    const { Invoice } = parser.parse(xml);
    expect(Invoice).toMatchObject({
      'cbc:CustomizationID': 'urn:cen.eu:en16931:2017',
      'cbc:ID': invoice.number,
      'cac:AccountingSupplierParty': {
        'cac:Party': {
          'cac:PostalAddress': {
            'cbc:StreetName': '4 Harbour Street',
            'cac:Country': { 'cbc:IdentificationCode': 'DE' },
          },
          'cac:PartyTaxScheme': { 'cbc:CompanyID': 'DE123456789' },
          'cac:PartyLegalEntity': { 'cbc:RegistrationName': 'Harbour & Sons' },
        },
      },
      'cac:AccountingCustomerParty': {
        'cac:Party': { 'cac:PartyLegalEntity': { 'cbc:RegistrationName': ADDRESS.recipient } },
      },
      'cac:PaymentMeans': { 'cbc:PaymentMeansCode': '68' },
      'cac:LegalMonetaryTotal': { 'cbc:TaxInclusiveAmount': invoice.total, 'cbc:PayableAmount': '0.00' },
      'cac:InvoiceLine': { 'cbc:InvoicedQuantity': '2', 'cac:Item': { 'cbc:Name': 'Mug <large> & “blue” 日本' } },
    });
  });

  it.each(['pdf', 'xml'])('are not sent again to who has the %s, and have a head', async (path) => {
    const { headers, body } = await get(path).expect(200);
    const known = await get(path).set('If-None-Match', `"x", W/${headers.etag}`).expect(304);
    expect(known.body).toHaveLength(0);
    await get(path).set('If-None-Match', '"x"').expect(200);
    const head = await shop.http.head(`/api/invoices/${invoice.id}/${path}`).set(buyer.bearer).expect(200);
    expect(head.headers).toMatchObject({
      etag: headers.etag,
      'content-type': headers['content-type'],
      'content-length': String((body as Buffer).length),
    });
    const unchanged = shop.http.head(`/api/invoices/${invoice.id}/${path}`).set(buyer.bearer);
    expect((await unchanged.set('If-None-Match', String(headers.etag)).expect(304)).headers.etag).toBe(headers.etag);
  });

  it.each([
    'UPDATE invoices SET total = total',
    'DELETE FROM invoices',
    'UPDATE stock_movements SET delta = delta',
    'DELETE FROM stock_movements',
  ])('stand on books that not even the owner of the schema changes: %s', async (sql) => {
    await expect(shop.db.query(sql)).rejects.toMatchObject({ code: '23001' });
  });

  it.each(['invoices', 'stock_movements', 'sale_history'])('cannot lose %s to the application', async (table) => {
    const client = new pg.Client({ connectionString: shop.database.url });
    await client.connect();
    try {
      await expect(client.query(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  });

  it.each(['pdf', 'xml'])('give the %s to staff who may read invoices, and to nobody else', async (path) => {
    const [support, stranger] = [await createCustomer(shop, 'support'), await createCustomer(shop)];
    await get(path, support).expect(200);
    const other = await shop.http.get(`/api/invoices/${invoice.id}/${path}`).set(stranger.bearer).expect(404);
    const missing = await shop.http.get(`/api/invoices/${randomUUID()}/${path}`).set(stranger.bearer).expect(404);
    expect(other.headers['content-type']).toContain('application/problem+json');
    expect(other.body.code).toBe('invoice_not_found');
    expect({ ...other.body, instance: '', requestId: '' }).toEqual({ ...missing.body, instance: '', requestId: '' });
    expect((await shop.http.get(`/api/invoices/${invoice.id}/${path}`).expect(401)).body.code).toBe('token_missing');
    await shop.http.get(`/api/invoices/nonsense/${path}`).set(buyer.bearer).expect(404);
    await shop.http.get(`/api/invoices/${invoice.id}/${path}?format=a`).set(buyer.bearer).expect(400);
  });

  it('are reached by guests with the Cart-Token with which they reach their sale, and by no other', async () => {
    const product = await createProduct(shop.db);
    const added = await shop.http.post('/api/cart/items').send({ productId: product.id, quantity: 1 });
    const guest = { 'Cart-Token': added.headers['cart-token'] as string };
    const body = {
      deliveryAddress: ADDRESS,
      email: 'guest@example.com',
      payment: { provider: 'sandbox', method: 'ok' },
    };
    const placed = await shop.http.post('/api/sales').set(guest).send(body).expect(201);
    const id = placed.body.invoiceId ?? (await shop.http.get(`/api/sales/${placed.body.id}`).set(guest)).body.invoiceId;
    const others = await shop.http.post('/api/cart/items').send({ productId: product.id, quantity: 1 });
    const other = { 'Cart-Token': others.headers['cart-token'] as string };
    for (const path of ['', '/pdf', '/xml']) {
      const address = `/api/invoices/${id}${path}`;
      await shop.http.get(address).set(guest).expect(200);
      const refused = await shop.http.get(address).set(other).expect(404);
      const missing = await shop.http.get(`/api/invoices/${randomUUID()}${path}`).set(guest).expect(404);
      expect({ ...refused.body, instance: '', requestId: '' }).toEqual({
        ...missing.body,
        instance: '',
        requestId: '',
      });
      await shop.http.get(address).set(buyer.bearer).expect(404);
      // A bearer reads what is the account's, whatever cart it names.
      await shop.http.get(address).set(buyer.bearer).set(guest).expect(404);
      expect((await shop.http.get(address).expect(401)).headers['www-authenticate']).toContain('Bearer');
    }
    await shop.http.get(`/api/invoices/${invoice.id}`).set(guest).expect(404);
    await shop.http.post(`/api/sales/${placed.body.id}/cancel`).set(guest).send({}).expect(200);
    const { rows } = await shop.db.query(`SELECT id FROM invoices WHERE sale_id = $1 AND kind = 'credit_note'`, [
      placed.body.id,
    ]);
    for (const path of ['', '/pdf', '/xml']) {
      await shop.http.get(`/api/invoices/${rows[0].id}${path}`).set(guest).expect(200);
      await shop.http.get(`/api/invoices/${rows[0].id}${path}`).set(buyer.bearer).expect(404);
    }
    await get('pdf', await createCustomer(shop, 'support'), id).expect(200);
  });

  it('name the invoice that a credit note corrects', async () => {
    await shop.http.post(`/api/sales/${saleId}/cancel`).set(buyer.bearer).expect(200);
    const { body } = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
    const [note] = body.items;
    expect(note.kind).toBe('credit_note');
    const pdf = await get('pdf', buyer, note.id).expect(200);
    expect(pdf.headers['content-disposition']).toContain(`${note.number}.pdf`);
    const xml = ((await get('xml', buyer, note.id).expect(200)).body as Buffer).toString();
    expect(await schemaProblems({ note: xml })).toEqual([]);
    const { CreditNote } = parser.parse(xml);
    expect(CreditNote['cac:BillingReference']).toMatchObject({
      'cac:InvoiceDocumentReference': { 'cbc:ID': invoice.number },
    });
    expect(CreditNote['cac:LegalMonetaryTotal']['cbc:TaxInclusiveAmount']).toBe(invoice.total);
    const { body: before } = await get('pdf').expect(200);
    expect((before as Buffer).length).toBeGreaterThan(1_000);
  });
});
