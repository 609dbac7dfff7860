import { newId } from '../../src/common/ids.js';
import { newToken } from '../../src/common/tokens.js';
import { type AccessRule, permissionOf } from '../../src/platform/security/access.js';
import { PERMISSIONS, type Permission, type Role } from '../../src/platform/security/permissions.js';
import {
  ACCESS_POLICY,
  GUESTS_BY_CART_TOKEN,
  OWNED,
  type OwnedThing,
  ROLE_POLICY,
} from '../architecture/access-policy.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paidSale } from '../support/buying.js';

/** In the order in which they call: the owner last, who may change or delete what the others must not reach. */
const CALLERS = [
  'anonymous',
  'other guest',
  'machine without the permission',
  'other customer',
  'support',
  'manager',
  'admin',
  'machine with the permission alone',
  'customer',
] as const;
type Caller = (typeof CALLERS)[number];
/** Unauthenticated, forbidden, or (of what belongs to somebody else) not found; else the guards let it through. */
type Outcome = 401 | 403 | 404 | 'allowed';

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

/** Where ownership is looked at only after the body: one that is right. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /api/sales/:id/payments': { provider: 'sandbox', method: 'ok' },
  'POST /api/sales/:id/returns': { items: [{ productId: newId(), quantity: 1 }], reason: 'Too small.' },
};

/** What the policy says of a route. */
function expected(route: string, caller: Caller): Outcome {
  const rule = ACCESS_POLICY[route];
  if (rule === undefined) throw new Error(`The policy does not know ${route}.`);
  if (rule === 'public') return 'allowed';
  const permission = permissionOf(rule);
  switch (caller) {
    case 'anonymous':
      return rule === 'guest' && !GUESTS_BY_CART_TOKEN.includes(route) ? 'allowed' : 401;
    case 'other guest':
      return expectedOfGuests(route, rule);
    case 'machine without the permission':
      return 403;
    case 'machine with the permission alone':
      return permission === undefined ? 403 : 'allowed';
    case 'customer':
      return rule === permission ? 403 : 'allowed';
    default:
      return expectedOfOthers(route, permission, caller === 'other customer' ? 'customer' : caller);
  }
}

/** Of guests with a cart, and nothing that they bought. */
function expectedOfGuests(route: string, rule: AccessRule): Outcome {
  if (!rule.startsWith('guest')) return 401;
  return OWNED[route] === undefined ? 'allowed' : 404;
}

/** Of people who own nothing. */
function expectedOfOthers(route: string, permission: Permission | undefined, role: Role): Outcome {
  if (permission !== undefined && ROLE_POLICY[role].includes(permission)) return 'allowed';
  if (ACCESS_POLICY[route] === permission) return 403;
  return OWNED[route] === undefined ? 'allowed' : 404;
}

const isClosed = (route: string): boolean => !['public', 'guest', undefined].includes(ACCESS_POLICY[route]);
/** Routes where the guards let nobody through without credentials. */
const closed = Object.keys(ACCESS_POLICY).filter(isClosed);

/** Routes to one thing that a guest may own. */
const guestsToo = Object.keys(OWNED).filter((route) => ACCESS_POLICY[route]?.startsWith('guest'));

describe('the application keeps to its access policy on', () => {
  let shop: TestApp;
  let productId: string;
  const keys = new Map<string, string>();

  const makeKey = async (maker: TestUser, permissions: readonly Permission[]): Promise<string> => {
    const request = shop.http.post('/api/api-keys').set(maker.bearer).send({ name: 'matrix', permissions });
    return (await request.expect(201)).body.key;
  };

  beforeAll(async () => {
    shop = await startApp({ RATE_LIMIT_ENABLED: 'false' });
    productId = (await createProduct(shop.db, { stock: 1_000 })).id;
    const maker = await createCustomer(shop, 'admin');
    keys.set('all', await makeKey(maker, PERMISSIONS));
    for (const permission of PERMISSIONS) {
      keys.set(permission, await makeKey(maker, [permission]));
      keys.set(
        `not ${permission}`,
        await makeKey(
          maker,
          PERMISSIONS.filter((other) => other !== permission),
        ),
      );
    }
  });
  afterAll(() => shop.close());

  /** Something that belongs to a new customer. */
  async function own(thing: OwnedThing): Promise<{ readonly owner: TestUser; readonly id: string }> {
    if (thing === 'delivery address') {
      const owner = await createCustomer(shop);
      const made = await shop.http.post('/api/delivery-addresses').set(owner.bearer).send(ADDRESS).expect(201);
      return { owner, id: made.body.id };
    }
    const { customer: owner, saleId } = await paidSale(shop, productId);
    if (thing === 'sale') return { owner, id: saleId };
    const { rows } = await shop.db.query('SELECT id FROM invoices WHERE sale_id = $1', [saleId]);
    return { owner, id: rows[0].id };
  }

  /** Somebody without an account who has put something into a cart. */
  async function guestWithCart() {
    const { headers } = await shop.http.post('/api/cart/items').send({ productId, quantity: 1 }).expect(200);
    return { token: { 'cart-token': headers['cart-token'] ?? '' } };
  }

  /** A guest with a paid sale; with its id, or that of its invoice. */
  async function guestWith(
    thing: OwnedThing,
  ): Promise<{ readonly token: Record<string, string>; readonly id: string }> {
    const { token } = await guestWithCart();
    const payment = { provider: 'sandbox', method: 'ok' };
    const order = { deliveryAddress: ADDRESS, email: 'guest@example.com', payment };
    const { body } = await shop.http.post('/api/sales').set(token).send(order).expect(201);
    return { token, id: thing === 'sale' ? body.id : body.invoiceId };
  }

  /** Everybody is new to each route, since it may end their session or their account. */
  async function headersOf(caller: Caller, route: string, owner?: TestUser): Promise<Readonly<Record<string, string>>> {
    const permission = permissionOf(ACCESS_POLICY[route] ?? 'public');
    switch (caller) {
      case 'anonymous':
        return {};
      case 'other guest':
        return (await guestWithCart()).token;
      case 'machine with the permission alone':
        return { 'x-api-key': keys.get(permission ?? 'all') ?? '' };
      case 'machine without the permission':
        return { 'x-api-key': keys.get(permission === undefined ? 'all' : `not ${permission}`) ?? '' };
      case 'customer':
        return (owner ?? (await createCustomer(shop))).bearer;
      case 'other customer':
        return (await createCustomer(shop)).bearer;
      default:
        return (await createCustomer(shop, caller)).bearer;
    }
  }

  function call(route: string, id: string, headers: Readonly<Record<string, string>>) {
    const [method = '', path = ''] = route.split(' ');
    const send = shop.http[METHODS[method as keyof typeof METHODS]](path.replace(/:\w+/, id)).set(headers);
    return method === 'GET' ? send : send.send(BODIES[route] ?? {});
  }

  function observed(route: string, status: number): Outcome {
    expect(status).toBeLessThan(500);
    if (status === 401 || status === 403) return status;
    return status === 404 && OWNED[route] !== undefined ? status : 'allowed';
  }

  it.each(Object.keys(ACCESS_POLICY))('%s', async (route) => {
    const thing = OWNED[route];
    const { owner, id } = thing === undefined ? { owner: undefined, id: newId() } : await own(thing);
    const outcomes: [Caller, Outcome][] = [];
    for (const caller of CALLERS) {
      const { status } = await call(route, id, await headersOf(caller, route, owner));
      outcomes.push([caller, observed(route, status)]);
    }
    const policy = CALLERS.map((caller) => [caller, expected(route, caller)]);
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(policy));
  });

  it.each(guestsToo)('%s, which guests reach with the token of the cart that their sale came from', async (route) => {
    const { token, id } = await guestWith(OWNED[route] ?? 'sale');
    expect(observed(route, (await call(route, id, token)).status)).toBe('allowed');
    expect((await call(route, id, {})).status).toBe(401);
  });

  it.each(closed)('%s, however its path is written', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const verb = METHODS[method as keyof typeof METHODS];
    const address = path.replace(/:\w+/, newId());
    const last = address.charCodeAt(address.length - 1).toString(16);
    const encoded = `${address.slice(0, -1)}%${last}`;
    const spellings = [`${address}/`, `/${address}`, address.replace('/', '//'), address.toUpperCase(), `${address};x`];
    const attempts = [...spellings, encoded, `${address}/.`, `/x/..${address}`].map((spelling) =>
      shop.http[verb](spelling),
    );
    if (verb === 'get') attempts.push(shop.http.head(address));
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
      for (const other of ['GET', 'POST'] as const) {
        const open = ACCESS_POLICY[`${other} ${path}`] !== undefined && !isClosed(`${other} ${path}`);
        if (!open) attempts.push(shop.http[METHODS[other]](address).set(name, method));
      }
    }
    for (const { status } of await Promise.all(attempts)) expect([401, 404]).toContain(status);
  });

  it.each(Object.keys(OWNED))('%s, where what is another’s and what is not there are told alike', async (route) => {
    const { id } = await own(OWNED[route] ?? 'sale');
    const missing = newId();
    const stranger = await createCustomer(shop);
    const told = async (which: string, who: Readonly<Record<string, string>> = stranger.bearer): Promise<string> => {
      const { status, text, headers } = await call(route, which, who);
      const { date: _date, 'x-request-id': requestId = '', ...rest } = headers;
      return JSON.stringify({ status, rest, text }).replaceAll(which, 'ID').replaceAll(requestId, 'REQUEST');
    };
    expect(await told(id)).toBe(await told(missing));
    if (!ACCESS_POLICY[route]?.startsWith('guest')) return;
    const guests = await guestWith(OWNED[route] ?? 'sale');
    expect(await told(guests.id)).toBe(await told(missing));
    for (const other of [(await guestWithCart()).token, { 'cart-token': newToken() }]) {
      expect(await told(id, other)).toBe(await told(missing, other));
      expect(await told(guests.id, other)).toBe(await told(missing, other));
    }
  });
});
