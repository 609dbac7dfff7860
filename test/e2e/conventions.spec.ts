import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { newId } from '../../src/common/ids.js';
import { openApiDocument } from '../../src/platform/http/openapi.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';

const NOBODY = '00000000-0000-7000-8000-000000000000';

describe('conventions of every route', () => {
  let shop: TestApp;
  let customer: TestUser;
  let admin: TestUser;

  beforeAll(async () => {
    shop = await startApp();
    customer = await createCustomer(shop);
    admin = await createCustomer(shop, 'admin');
  });
  afterAll(() => shop.close());

  const json = (method: 'post' | 'patch', path: string, body: string) =>
    shop.http[method](path).set(admin.bearer).set('content-type', 'application/json').send(body);
  const pathsOf = (answer: { readonly body: { readonly errors?: readonly { readonly path: string }[] } }) =>
    answer.body.errors?.map(({ path }) => path);

  /** Writes bytes to the server, and reads what it answers until it hangs up. */
  async function send(bytes: string): Promise<{ head: string; body: Record<string, unknown> }> {
    const socket = connect(Number(new URL(shop.url).port), '127.0.0.1');
    socket.write(bytes);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return { head, body: JSON.parse(body) as Record<string, unknown> };
  }

  it('answers an unknown route with problem details', async () => {
    const answer = await shop.http.get('/api/nowhere').expect(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: 404, code: 'route_not_found', instance: '/api/nowhere' });
    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
  });

  it('says no more of what would have been made where nothing was', async () => {
    const answer = await shop.http.post('/api/users/register').send({}).expect(400);
    expect(answer.headers.location).toBeUndefined();
  });

  it.each(['/api/cart', '/api/cart/total', '/api/users/me', '/api/sales', '/api/delivery-addresses', '/metrics'])(
    'keeps out of caches what is not for everybody: %s',
    async (path) => {
      const answer = await shop.http.get(path).set(customer.bearer).expect(200);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  it.each(['/api/products/%ff', '/api/products/%', `/api/products/${'a'.repeat(1_000)}`])(
    'gives a path that cannot be read its request id: %.30s',
    async (path) => {
      const answer = await shop.http.get(path).set('x-request-id', 'mine').expect(400);
      expect(answer.headers['x-request-id']).toBe('mine');
      expect(answer.body).toMatchObject({ code: 'invalid_request', requestId: 'mine' });
    },
  );

  it.each([
    ['what is not HTTP', 'GARBAGE\r\n\r\n', 400, 'malformed_request'],
    ['a header that is too large', `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ])('answers %s with problem details', async (_, bytes, status, code) => {
    const { head, body } = await send(bytes);
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('Content-Type: application/problem+json');
    expect(body).toMatchObject({ type: 'about:blank', status, code, requestId: expect.any(String) });
    expect(head).toContain(`X-Request-Id: ${String(body.requestId)}`);
  });

  describe('refuse a parameter of the query that they do not know', () => {
    it.each([
      '/api/users/me',
      '/api/cart',
      '/api/cart/total',
      '/api/categories',
      '/api/sales/stats',
      `/api/delivery-addresses/${NOBODY}`,
      `/api/products/${NOBODY}`,
      '/health',
      '/.well-known/jwks.json',
    ])('where they know none: %s', async (path) => {
      const answer = await shop.http.get(`${path}?verbose=1`).set(customer.bearer).expect(400);
      expect(pathsOf(answer)).toEqual(['verbose']);
    });

    it('but ask who it is first', async () => {
      await shop.http.get('/api/users/me?verbose=1').expect(401);
    });

    it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
      'also where every object has it: %s',
      async (name) => {
        for (const path of ['/api/products', '/api/users/me']) {
          expect(pathsOf(await shop.http.get(`${path}?${name}=1`).set(customer.bearer).expect(400))).toEqual([name]);
        }
      },
    );
  });

  describe('refuse a body', () => {
    it('with a field, where they read none', async () => {
      const someone = await createCustomer(shop);
      const answer = await shop.http
        .post('/api/users/logout')
        .set(someone.bearer)
        .send({ everywhere: true })
        .expect(400);
      expect(pathsOf(answer)).toEqual(['everywhere']);
      await shop.http.delete('/api/cart').set(someone.bearer).send({ force: true }).expect(400);
      await shop.http.post('/api/users/logout').set(someone.bearer).send({}).expect(204);
    });

    it.each(['constructor', 'prototype', 'toString', 'valueOf', '__defineGetter__'])(
      'with a field %s, however deep',
      async (name) => {
        expect(pathsOf(await json('patch', '/api/users/me', `{"${name}":"x"}`).expect(400))).toEqual([name]);
        const sale = `{"items":[{"productId":"${NOBODY}","quantity":1,"${name}":1}]}`;
        expect(pathsOf(await json('post', '/api/sales', sale).expect(400))).toEqual([`items.0.${name}`]);
      },
    );

    it.each(['null', '[]', '[{}]', '"text"', '5', 'true'])('that is no object: %s', async (body) => {
      expect(pathsOf(await json('patch', '/api/users/me', body).expect(400))).toEqual(['body']);
    });

    it('with more fields than anything has, without looking at each', async () => {
      const fields = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`field${index}`, 1]));
      const answer = await json('patch', '/api/users/me', JSON.stringify(fields)).expect(400);
      expect(pathsOf(answer)).toEqual(['body']);
    });

    it('naming at most a hundred things that are wrong with it', async () => {
      const wrong = { items: new Array(1_000).fill({ productId: 'x', quantity: 0 }) };
      const answer = await json('post', '/api/sales', JSON.stringify(wrong)).expect(400);
      expect(pathsOf(answer)).toHaveLength(100);
    });

    it('that is compressed', async () => {
      const request = shop.http.post('/api/users/login').set('content-encoding', 'gzip').type('application/json');
      const answer = await request.serialize((body: unknown) => body as string).send(gzipSync('{}'));
      expect(answer.body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    });
  });

  describe('that list', () => {
    const LISTS = [
      '/api/products',
      '/api/users',
      '/api/delivery-addresses',
      '/api/sales',
      '/api/admin/sales',
      '/api/invoices',
      '/api/admin/invoices',
      '/api/api-keys',
    ];

    it.each(LISTS)('point to cursor= beyond the first 10,000 rows: %s', async (path) => {
      const answer = await shop.http.get(`${path}?page=102&perPage=100`).set(admin.bearer).expect(400);
      expect(pathsOf(answer)).toEqual(['cursor']);
      await shop.http.get(`${path}?page=101&perPage=100`).set(admin.bearer).expect(200);
    });

    it.each(LISTS)('link to the page before: %s', async (path) => {
      const answer = await shop.http.get(`${path}?page=3&perPage=100`).set(admin.bearer).expect(200);
      expect(answer.headers.link).toBe(`<${path}?perPage=100&page=2>; rel="prev"`);
    });

    it.each(['0000-01-01T00:00:00Z', '2026-01-01T00:00:00+16:00', '2026-01-01T00:00:00-23:59'])(
      'refuse a time that the database does not know: %s',
      async (from) => {
        const answer = await shop.http.get('/api/admin/sales').query({ from }).set(admin.bearer).expect(400);
        expect(pathsOf(answer)).toEqual(['from']);
      },
    );
  });

  describe('that make things', () => {
    it('make a category once under a key', async () => {
      const make = () =>
        shop.http.post('/api/categories').set(admin.bearer).set('idempotency-key', 'garden').send({ name: 'Garden' });
      const first = await make().expect(201);
      const second = await make().expect(201);
      expect(second.headers['idempotency-replayed']).toBe('true');
      expect(second.text).toBe(first.text);
    });

    it('answer the same address and entity tag again', async () => {
      const body = { sku: newId(), name: 'Mug', price: '5.00' };
      const make = () => shop.http.post('/api/products').set(admin.bearer).set('idempotency-key', 'mug').send(body);
      const first = await make().expect(201);
      const second = await make().expect(201);
      expect(second.headers['idempotency-replayed']).toBe('true');
      expect(first.headers.etag).toBeDefined();
      for (const name of ['etag', 'location']) expect(second.headers[name]).toBe(first.headers[name]);
    });
  });

  it('is described without a reference that leads nowhere', () => {
    const document = openApiDocument(shop.app);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference);
    const schemas = Object.keys(document.components?.schemas ?? {}).map((name) => `#/components/schemas/${name}`);
    expect(references).not.toHaveLength(0);
    expect([...new Set(references)].filter((reference) => !schemas.includes(reference ?? ''))).toEqual([]);
  });
});
