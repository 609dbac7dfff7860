import sharp from 'sharp';
import type { Response, Test } from 'supertest';
import { newId } from '../../src/common/ids.js';
import { ACCESS_POLICY } from '../architecture/access-policy.js';
import { AUDITED, UNAUDITED } from '../architecture/audit-policy.js';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, deliveredSale, paidSale, placeSale } from '../support/buying.js';
import { tokenTo } from '../support/mails.js';
import { CHALLENGE, signInAt, startProvider, type TestProvider, VERIFIER } from '../support/oidc-sign-in.js';
import { bearer, PASSWORD, type Person, register, registerStaff } from '../support/people.js';
import { enrol } from '../support/second-factor.js';

let shop: TestApp;
let provider: TestProvider;
let admin: Person;
let png: Buffer;

beforeAll(async () => {
  provider = await startProvider();
  shop = await startApp({ ...provider.settings, OIDC_RETURN_URLS: 'https://store.example/in' });
  admin = await registerStaff(shop, 'admin');
  const background = { r: 200, g: 30, b: 30 };
  png = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png()
    .toBuffer();
});
afterAll(async () => {
  await shop.close();
  await provider.stop();
});

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
const send = (method: Method, path: string, body?: object, by: Person = admin): Test =>
  shop.http[method](path).set(bearer(by.accessToken)).send(body);
const anybody = (path: string, body: object): Test => shop.http.post(path).send(body);
const madeProduct = async (): Promise<string> => (await createProduct(shop.db, { stock: 5 })).id;
const madeCategory = async (): Promise<string> =>
  (await send('post', '/api/categories', { name: `Category ${newId()}` }).expect(201)).body.id;

const madeGroup = async (): Promise<string> =>
  (await send('post', '/api/product-groups', { name: `Group ${newId()}` }).expect(201)).body.id;

const madePromotion = async (): Promise<string> => {
  const terms = { name: 'Spring', code: newId(), type: 'fixed', amount: '1' };
  return (await send('post', '/api/admin/promotions', terms).expect(201)).body.id;
};

// Those that are active would be asked for at each sale here.
const idleMethod = () => ({ code: newId(), name: 'Post', kind: 'flat', price: '1', active: false });
const madeShippingMethod = async (): Promise<string> =>
  (await send('post', '/api/admin/shipping-methods', idleMethod()).expect(201)).body.id;

// Nobody here buys from there.
const farRate = () => ({ country: 'AQ', rate: '1', category: newId() });
const madeTaxRate = async (): Promise<string> =>
  (await send('post', '/api/admin/tax-rates', farRate()).expect(201)).body.id;

const picture = (productId: string): Test =>
  send('post', `/api/products/${productId}/images`).attach('images', png, 'red.png');

const file = (): Test =>
  shop.http
    .post('/api/products/import')
    .set({ ...bearer(admin.accessToken), 'content-type': 'text/csv' })
    .send(`sku,name,price\n${newId()},Lamp,1.00\n`);

const pastSales = (): Test =>
  shop.http
    .post('/api/admin/sales/import')
    .set({ ...bearer(admin.accessToken), 'content-type': 'text/csv' })
    .send(`number,sku,quantity,unitPrice,placedAt\n${newId()},LAMP,1,1.00,2020-01-01\n`);

async function invited(): Promise<string> {
  const email = `${newId()}@example.com`;
  await send('post', '/api/users/invitations', { email, role: 'support' }).expect(201);
  return tokenTo(shop, email, 'You are invited to Tradepost');
}

async function keyWithChild(): Promise<string> {
  const terms = { name: 'erp', permissions: ['api-keys:write', 'sales:read'] };
  const { body } = await send('post', '/api/api-keys', terms).expect(201);
  const child = shop.http.post('/api/api-keys').set('x-api-key', body.key);
  await child.send({ name: 'child', permissions: ['sales:read'] }).expect(201);
  return body.id;
}

/** Marks the request that a scenario is about. */
type Tag = (request: Test) => Test;

/** How each route is made to do what it is for. */
const SCENARIOS: Readonly<Record<string, (tag: Tag) => Promise<Response>>> = {
  'POST /api/users/register': async (tag) =>
    tag(anybody('/api/users/register', { email: `${newId()}@example.com`, password: PASSWORD, name: 'Ada' })),
  'POST /api/users/login': async (tag) =>
    tag(anybody('/api/users/login', { email: (await register(shop)).email, password: PASSWORD })),
  'POST /api/users/logout': async (tag) => tag(send('post', '/api/users/logout', undefined, await register(shop))),
  'POST /api/users/logout-all': async (tag) =>
    tag(send('post', '/api/users/logout-all', undefined, await register(shop))),
  'POST /api/users/me/password': async (tag) => {
    const passwords = { currentPassword: PASSWORD, newPassword: 'Loud-walrus-25' };
    return tag(send('post', '/api/users/me/password', passwords, await register(shop)));
  },
  'POST /api/users/me/totp': async (tag) =>
    tag(send('post', '/api/users/me/totp', { password: PASSWORD }, await registerStaff(shop, 'support'))),
  'POST /api/users/me/totp/confirm': async (tag) => {
    const { person, code } = await enrol(shop, { confirmed: false });
    return tag(send('post', '/api/users/me/totp/confirm', { code: code() }, person));
  },
  'POST /api/users/me/totp/recovery-codes': async (tag) => {
    const { person, code } = await enrol(shop);
    return tag(send('post', '/api/users/me/totp/recovery-codes', { code: code() }, person));
  },
  'DELETE /api/users/:id/totp': async (tag) => tag(send('delete', `/api/users/${(await enrol(shop)).person.id}/totp`)),
  'DELETE /api/users/me/totp': async (tag) => {
    const { person, recoveryCodes } = await enrol(shop);
    return tag(send('delete', '/api/users/me/totp', { password: PASSWORD, code: recoveryCodes[0] }, person));
  },
  'GET /api/users/oidc/callback': async (tag) => {
    const begun = await shop.http.get('/api/users/oidc/authorize').expect(302);
    const sub = newId();
    const claims = { sub, email: `${sub}@example.com`, email_verified: true };
    const { search } = await signInAt(begun.headers.location ?? '', claims);
    const jar = String(begun.headers['set-cookie']).split(';', 1)[0] ?? '';
    return tag(shop.http.get(`/api/users/oidc/callback${search}`).set('Cookie', jar));
  },
  'POST /api/users/oidc/exchange': async (tag) => {
    const query = { returnTo: 'https://store.example/in', challenge: CHALLENGE };
    const begun = await shop.http.get('/api/users/oidc/authorize').query(query).expect(302);
    const sub = newId();
    const claims = { sub, email: `${sub}@example.com`, email_verified: true };
    const { search } = await signInAt(begun.headers.location ?? '', claims);
    const jar = String(begun.headers['set-cookie']).split(';', 1)[0] ?? '';
    const back = await shop.http.get(`/api/users/oidc/callback${search}`).set('Cookie', jar).expect(302);
    const code = back.headers.location?.split('#code=')[1];
    return tag(anybody('/api/users/oidc/exchange', { code, verifier: VERIFIER }));
  },
  'POST /api/users/password-reset/confirm': async (tag) => {
    const { email } = await register(shop);
    await anybody('/api/users/password-reset', { email }).expect(202);
    const token = await tokenTo(shop, email, 'Set a new password');
    return tag(anybody('/api/users/password-reset/confirm', { token, newPassword: 'Loud-walrus-25' }));
  },
  'POST /api/users/email-verification/confirm': async (tag) => {
    const token = await tokenTo(shop, (await register(shop)).email, 'Confirm your email address');
    return tag(anybody('/api/users/email-verification/confirm', { token }));
  },
  'POST /api/users/invitations': async (tag) =>
    tag(send('post', '/api/users/invitations', { email: `${newId()}@example.com`, role: 'support' })),
  'POST /api/users/invitations/accept': async (tag) =>
    tag(anybody('/api/users/invitations/accept', { token: await invited(), name: 'Grace', password: PASSWORD })),
  'GET /api/users/me/export': async (tag) => tag(send('get', '/api/users/me/export', undefined, await register(shop))),
  'PATCH /api/users/me': async (tag) => tag(send('patch', '/api/users/me', { name: 'Grace' }, await register(shop))),
  'DELETE /api/users/me': async (tag) => tag(send('delete', '/api/users/me', undefined, await register(shop))),
  'PATCH /api/users/:id': async (tag) =>
    tag(send('patch', `/api/users/${(await register(shop)).id}`, { role: 'support', active: false })),
  'DELETE /api/users/:id': async (tag) => tag(send('delete', `/api/users/${(await register(shop)).id}`)),

  'POST /api/api-keys': async (tag) => tag(send('post', '/api/api-keys', { name: 'erp', permissions: ['sales:read'] })),
  'DELETE /api/api-keys/:id': async (tag) => tag(send('delete', `/api/api-keys/${await keyWithChild()}`)),

  'POST /api/products': async (tag) =>
    tag(send('post', '/api/products', { sku: newId(), name: 'Lamp', price: '1.00' })),
  'PATCH /api/products/:id': async (tag) =>
    tag(send('patch', `/api/products/${await madeProduct()}`, { price: '2.50' })),
  'DELETE /api/products/:id': async (tag) => tag(send('delete', `/api/products/${await madeProduct()}`)),
  'POST /api/products/:id/restore': async (tag) => {
    const id = await madeProduct();
    await send('delete', `/api/products/${id}`).expect(204);
    return tag(send('post', `/api/products/${id}/restore`));
  },
  'POST /api/products/:id/images': async (tag) => tag(picture(await madeProduct())),
  'DELETE /api/products/:id/images/:imageId': async (tag) => {
    const id = await madeProduct();
    const { body } = await picture(id).expect(201);
    const imageId = String(body.images[0]).split('/').at(-2);
    return tag(send('delete', `/api/products/${id}/images/${imageId}`));
  },
  'POST /api/products/stock': async (tag) => {
    const items = [{ productId: await madeProduct(), quantity: 7 }];
    return tag(send('post', '/api/products/stock', { mode: 'set', items }));
  },
  'PUT /api/products/:id/stock': async (tag) =>
    tag(send('put', `/api/products/${await madeProduct()}/stock`, { quantity: 7 })),
  'POST /api/products/:id/stock-movements': async (tag) =>
    tag(send('post', `/api/products/${await madeProduct()}/stock-movements`, { delta: 1, reason: 'receipt' })),
  'POST /api/products/import': async (tag) => tag(file()),
  'POST /api/admin/sales/import': async (tag) => tag(pastSales()),
  'POST /api/imports/:id/cancel': async (tag) => {
    const holding = await shop.db.connect();
    try {
      // An import waits for the products, so that it has not ended yet.
      await holding.query('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      const { body } = await file().expect(202);
      return await tag(send('post', `/api/imports/${body.id}/cancel`));
    } finally {
      await holding.query('ROLLBACK');
      holding.release();
    }
  },
  'POST /api/product-groups': async (tag) => tag(send('post', '/api/product-groups', { name: 'Shirt' })),
  'PATCH /api/product-groups/:id': async (tag) =>
    tag(send('patch', `/api/product-groups/${await madeGroup()}`, { name: newId() })),
  'DELETE /api/product-groups/:id': async (tag) => tag(send('delete', `/api/product-groups/${await madeGroup()}`)),
  'POST /api/admin/promotions': async (tag) =>
    tag(send('post', '/api/admin/promotions', { name: 'Autumn', code: newId(), type: 'fixed', amount: '1' })),
  'PATCH /api/admin/promotions/:id': async (tag) =>
    tag(send('patch', `/api/admin/promotions/${await madePromotion()}`, { active: false })),
  'DELETE /api/admin/promotions/:id': async (tag) =>
    tag(send('delete', `/api/admin/promotions/${await madePromotion()}`)),
  'POST /api/admin/shipping-methods': async (tag) => tag(send('post', '/api/admin/shipping-methods', idleMethod())),
  'PATCH /api/admin/shipping-methods/:id': async (tag) =>
    tag(send('patch', `/api/admin/shipping-methods/${await madeShippingMethod()}`, { name: 'Courier' })),
  'DELETE /api/admin/shipping-methods/:id': async (tag) =>
    tag(send('delete', `/api/admin/shipping-methods/${await madeShippingMethod()}`)),
  'POST /api/admin/tax-rates': async (tag) => tag(send('post', '/api/admin/tax-rates', farRate())),
  'PATCH /api/admin/tax-rates/:id': async (tag) =>
    tag(send('patch', `/api/admin/tax-rates/${await madeTaxRate()}`, { rate: '2' })),
  'DELETE /api/admin/tax-rates/:id': async (tag) => tag(send('delete', `/api/admin/tax-rates/${await madeTaxRate()}`)),
  'POST /api/categories': async (tag) => tag(send('post', '/api/categories', { name: `Category ${newId()}` })),
  'PATCH /api/categories/:id': async (tag) =>
    tag(send('patch', `/api/categories/${await madeCategory()}`, { name: newId() })),
  'DELETE /api/categories/:id': async (tag) => tag(send('delete', `/api/categories/${await madeCategory()}`)),

  'POST /api/admin/sales': async (tag) => {
    const items = [{ productId: await madeProduct(), quantity: 1 }];
    return tag(send('post', '/api/admin/sales', { email: `${newId()}@example.com`, items, deliveryAddress: ADDRESS }));
  },
  'PATCH /api/admin/sales/:id': async (tag) => {
    const customer = await createCustomer(shop);
    const sale = await placeSale(shop, customer, [{ productId: await madeProduct(), quantity: 1 }]).expect(201);
    return tag(send('patch', `/api/admin/sales/${sale.body.id}`, { note: 'As agreed.' }));
  },
  'PATCH /api/admin/sales/:id/status': async (tag) => {
    const { saleId } = await paidSale(shop, await madeProduct());
    return tag(send('patch', `/api/admin/sales/${saleId}/status`, { status: 'shipped' }));
  },
  'POST /api/admin/sales/:id/shipments': async (tag) => {
    const { saleId } = await paidSale(shop, await madeProduct());
    return tag(send('post', `/api/admin/sales/${saleId}/shipments`, { carrier: 'DHL' }));
  },
  'POST /api/admin/sales/:id/refunds': async (tag) => {
    const { saleId } = await paidSale(shop, await madeProduct());
    return tag(send('post', `/api/admin/sales/${saleId}/refunds`, { amount: '1.00', reason: 'It was late.' }));
  },
  'PATCH /api/admin/returns/:id': async (tag) => {
    const items = [{ productId: await madeProduct(), quantity: 1 }];
    const staff = { ...admin, bearer: bearer(admin.accessToken) };
    const { customer, saleId } = await deliveredSale(shop, staff, items);
    const wish = { items, reason: 'Too small.' };
    const asked = await shop.http.post(`/api/sales/${saleId}/returns`).set(customer.bearer).send(wish).expect(201);
    await send('patch', `/api/admin/returns/${asked.body.id}`, { status: 'approved' }).expect(200);
    return tag(send('patch', `/api/admin/returns/${asked.body.id}`, { status: 'received' }));
  },
};

it('every route that changes something is audited, or says why it is not', () => {
  const writing = Object.keys(ACCESS_POLICY).filter((route) => !route.startsWith('GET '));
  const known = [...Object.keys(AUDITED), ...Object.keys(UNAUDITED)];
  expect(writing.filter((route) => !known.includes(route))).toEqual([]);
  expect(known.filter((route) => !(route in ACCESS_POLICY))).toEqual([]);
  expect(new Set(known).size).toBe(known.length);
});

it('every route that is audited is sent here', () => {
  expect(Object.keys(SCENARIOS).sort()).toEqual(Object.keys(AUDITED).sort());
});

describe('the audit log is told by', () => {
  const entriesOf = async (requestId: string) => {
    const order = 'SELECT action, actor, actor_id FROM audit_log WHERE request_id = $1 ORDER BY id';
    return (await shop.db.query(order, [requestId])).rows;
  };

  it.each(Object.entries(AUDITED))('%s: %j', async (route, actions) => {
    const requestId = newId();
    const answer = await SCENARIOS[route]?.((request) => request.set('x-request-id', requestId));
    expect(answer?.status).toBeLessThan(300);
    const entries = await entriesOf(requestId);
    expect(entries.map(({ action }) => action)).toEqual(actions);
    // Whoever can do any of this is known by then, also where the request came without an access token.
    expect(entries.filter(({ actor, actor_id }) => actor !== 'user' || actor_id === null)).toEqual([]);
  });

  it('nothing of what was refused, but for the attempt to guess a secret', async () => {
    const { person } = await enrol(shop);
    const stranger = await createCustomer(shop);
    const tries: readonly [Test, readonly string[]][] = [
      [send('patch', `/api/users/${person.id}`, { role: 'admin' }, person), []],
      [shop.http.delete(`/api/users/${person.id}`).set(stranger.bearer), []],
      [
        send('delete', '/api/users/me/totp', { password: PASSWORD, code: '0000-0000-0000-0000' }, person),
        ['user.totp_check_failed'],
      ],
      [
        send('delete', '/api/users/me/totp', { password: 'Wrong-otter-1', code: '000000' }, person),
        ['user.totp_check_failed'],
      ],
      [send('post', '/api/users/me/totp', { password: 'Wrong-otter-1' }, person), ['user.password_check_failed']],
    ];
    for (const [request, actions] of tries) {
      const requestId = newId();
      expect((await request.set('x-request-id', requestId)).status).toBeGreaterThanOrEqual(400);
      expect((await entriesOf(requestId)).map(({ action }) => action)).toEqual(actions);
    }
  });
});
