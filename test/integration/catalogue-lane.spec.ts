import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { CatalogueRepository } from '../../src/modules/products/catalogue.repository.js';
import { StockApi } from '../../src/modules/products/stock.api.js';
import { Coherence } from '../../src/platform/coherence/coherence.js';
import { ReplicaSession } from '../../src/platform/coherence/replica-session.js';
import { FastLane } from '../../src/platform/http/fast-lane.js';
import { createLogger } from '../../src/platform/observability/logging.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';
import { learnt, neverHeldUp } from '../support/lease.js';
import { ask, type RawAnswer } from '../support/raw-http.js';
import { runs } from '../support/runs.js';

const SETTINGS = { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_READ: '1000000', CORS_ORIGINS: 'https://shop.example' };

let shop: TestApp;
let manager: TestUser;
let products: TestProduct[];
let kitchen: string;
/** The first by its name. */
let unsold: TestProduct;

beforeAll(async () => {
  shop = await startApp({ ...SETTINGS, RATE_LIMIT_WRITE: '1000000', RATE_LIMIT_ADDRESS: '1000000' });
  neverHeldUp(shop);
  manager = await createCustomer(shop, 'manager');
  const answer = await shop.http.post('/api/categories').set(manager.bearer).send({ name: 'Kitchen' }).expect(201);
  kitchen = answer.body.id;
  products = [];
  for (let i = 0; i < 12; i += 1) {
    const name = `Item ${String.fromCharCode(97 + i)}`;
    products.push(await createProduct(shop.db, { name, price: BigInt(i * 100), stock: i % 4 }));
  }
  unsold = await createProduct(shop.db, { name: '0' });
  await shop.http.patch(`/api/products/${products[0]?.id}`).set(manager.bearer).send({ category: kitchen }).expect(200);
  // What was written past the application is known from here on, and ends nothing later.
  await shop.app.get(ReplicaSession, { strict: false }).validate();
});
afterAll(() => shop.close());
afterEach(() => jest.restoreAllMocks());

/** An answer from the database, through the whole pipeline. */
async function slowly<T>(work: () => Promise<T>): Promise<T> {
  const spy = jest.spyOn(shop.app.get(Coherence, { strict: false }), 'fresh').mockReturnValue(false);
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}

/** Of each answer only: a name for the request, a time, where it came from, and how much of a quota is left. */
const OWN = ['x-request-id', 'date', 'x-cache', 'ratelimit'];

function comparable({ status, headers, body }: RawAnswer): unknown {
  const shared = Object.entries(headers).filter(([name]) => !OWN.includes(name));
  const problem = body.replace(/"requestId":"[^"]*"/, '');
  return { status, headers: Object.fromEntries(shared), ratelimit: 'ratelimit' in headers, body: problem };
}

function product(index: number): TestProduct {
  const found = products[index % products.length];
  if (found === undefined) throw new Error('There are no products.');
  return found;
}

/** Counts what the lane has answered while work is done. */
async function ahead(work: () => Promise<unknown>): Promise<number> {
  const lane = shop.app.get(FastLane, { strict: false });
  const spy = jest.spyOn(lane as unknown as { answer: () => boolean }, 'answer');
  try {
    await work();
    return spy.mock.results.filter(({ value }) => value === true).length;
  } finally {
    spy.mockRestore();
  }
}

describe('the lane', () => {
  it('answers what was asked before, and nothing else', async () => {
    const path = `/api/products/${product(1).id}`;
    expect(await ahead(() => ask(shop.url, path))).toBe(0);
    // A process that was held up for longer than its lease asks the database first, once.
    await eventually(async () => {
      expect(await ahead(() => ask(shop.url, path))).toBe(1);
      expect(await ahead(() => ask(shop.url, path, { method: 'HEAD' }))).toBe(1);
    });
    expect(await ahead(() => ask(shop.url, path, { method: 'DELETE' }))).toBe(0);
    expect(await ahead(() => ask(shop.url, `${path}?x=1`))).toBe(0);
    expect(await ahead(() => ask(shop.url, `${path}/`))).toBe(0);
    expect(await ahead(() => ask(shop.url, path, { headers: { 'content-length': '2' } }).catch(() => 0))).toBe(0);
  });

  const id = fc.nat(11).map((index) => product(index).id);
  const value = fc.constantFrom(
    '1',
    '2',
    '0',
    '-1',
    '01',
    'a',
    '',
    'true',
    'false',
    'name',
    '-price',
    'kitchen',
    'Item',
    '%20',
    '%',
    '%zz',
  );
  const name = fc.constantFrom(
    'page',
    'perPage',
    'q',
    'category',
    'minPrice',
    'maxPrice',
    'inStock',
    'sort',
    'facets',
    'cursor',
    'x',
    'q[]',
    '__proto__',
  );
  const query = fc
    .array(fc.tuple(name, value), { maxLength: 3 })
    .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([key, text]) => `${key}=${text}`).join('&')}`));
  const path = fc.oneof(
    fc
      .tuple(fc.constantFrom('/api/products', '/api/products', '/api/categories'), query)
      .map((parts) => parts.join('')),
    fc
      .tuple(
        fc.constantFrom('/api/products/', '/api//products/', '//api/products/', '/API/products/', '/api/%70roducts/'),
        fc.oneof(
          id,
          id.map((one) => one.toUpperCase()),
          id.map((one) => `%${one.charCodeAt(0).toString(16)}${one.slice(1)}`),
          id.map((one) => `product-${one}`),
          fc.constantFrom('nobody', '%00', ''),
        ),
        fc.constantFrom('', '', '/', '?x=1', '#here', '?'),
      )
      .map((parts) => parts.join('')),
  );
  const headers = fc.record(
    {
      'if-none-match': fc.constantFrom('*', '"nothing"', 'W/"a", "b"', 'garbage', 'THE-TAG', '"a", W/THE-TAG'),
      origin: fc.constantFrom('https://shop.example', 'https://elsewhere.example', 'null'),
      authorization: fc.constantFrom('Bearer nonsense', 'Basic YTpi'),
      'x-request-id': fc.constantFrom('mine', 'not one!'),
      'cart-token': fc.constant('x'),
      accept: fc.constantFrom('text/html', 'application/json'),
      range: fc.constant('bytes=0-10'),
      'x-http-method-override': fc.constant('DELETE'),
      connection: fc.constantFrom('close', 'keep-alive'),
      'x-forwarded-for': fc.constant('192.0.2.1'),
    },
    { requiredKeys: [] },
  );

  it('says what the pipeline says, byte for byte and header for header, however a request is written', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(path, headers, fc.constantFrom('GET', 'HEAD'), async (url, given, method) => {
        const tag = String((await slowly(() => ask(shop.url, url))).headers.etag ?? '"none"');
        const sent = {
          ...given,
          ...(given['if-none-match'] && { 'if-none-match': given['if-none-match'].replace('THE-TAG', tag) }),
        };
        const request = { method, headers: sent as Record<string, string> };
        const slow = await slowly(() => ask(shop.url, url, request));
        await ask(shop.url, url, request);
        answered += await ahead(async () => {
          expect(comparable(await ask(shop.url, url, request))).toEqual(comparable(slow));
        });
      }),
      { numRuns: runs(100) },
    );
    // A process that is held up trusts its memory less often.
    expect(answered).toBeGreaterThan(5);
  });

  const api = (method: 'patch' | 'put' | 'post' | 'delete', url: string, body?: object): Promise<unknown> =>
    shop.http[method](url).set(manager.bearer).send(body).then(undefined);
  const buy = async (productId: string, quantity: number): Promise<unknown> =>
    placeSale(shop, await createCustomer(shop), [{ productId, quantity }]);
  const change = fc.tuple(fc.nat(11), fc.nat(4), fc.nat(5)).map(([index, to, kind]) => async (): Promise<unknown> => {
    const { id: target } = product(index);
    const url = `/api/products/${target}`;
    const changes = [
      () => api('patch', url, { name: `Item ${to}`, price: `${to}.00` }),
      () => api('put', `${url}/stock`, { quantity: to }),
      () => api('patch', url, { attributes: { to: String(to) } }),
      () => api('patch', url, { category: to > 2 ? kitchen : null, active: to > 0 }),
      () => api('patch', `/api/categories/${kitchen}`, { name: `Kitchen ${to}` }),
      () => buy(target, to + 1),
    ];
    return changes[kind]?.();
  });

  it('never shows anything from before a write that was acknowledged, whatever it keeps', async () => {
    const watched = [
      '/api/products?perPage=5',
      '/api/products?inStock=true&sort=name',
      '/api/products?inStock=false',
      '/api/products?category=kitchen&facets=true',
      '/api/products?sort=-price&minPrice=1&facets=true',
      '/api/products?q=item&cursor=',
      '/api/categories',
      ...products.slice(0, 6).map((one) => `/api/products/${one.id}`),
    ];
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        for (const make of changes) {
          for (const url of watched) await ask(shop.url, url);
          await make();
          for (const url of watched) {
            let seen: RawAnswer | undefined;
            answered += await ahead(async () => {
              seen = await ask(shop.url, url);
            });
            expect(seen && comparable(seen)).toEqual(comparable(await slowly(() => ask(shop.url, url))));
          }
        }
      }),
      { numRuns: runs(6) },
    );
    // A process that is held up trusts its memory less often.
    expect(answered).toBeGreaterThan(20);
  });

  it('counts requests against their limit, logs and measures them, and refuses as the pipeline does', async () => {
    const limited = await startApp({ RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_READ: '10' });
    try {
      const { id: target } = await createProduct(limited.db);
      await learnt(limited);
      const answers: RawAnswer[] = [];
      for (let i = 0; i < 12; i += 1) answers.push(await ask(limited.url, `/api/products/${target}`));
      expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429, 429]);
      expect(answers[5]?.headers['ratelimit-policy']).toBe('"read";q=10;w=60');
      expect(answers[5]?.headers.ratelimit).toMatch(/^"read";r=4;t=\d+$/);
      const { requestsByEndpoint, figures } = await limited.app.get(Metrics).summary();
      expect(requestsByEndpoint['GET /api/products/:id']).toBe(12);
      expect(figures['fast_lane_requests_total.answered']).toBe(9);
    } finally {
      await limited.close();
    }
  });
});

describe('an answer of the lane', () => {
  /** What comes back over a connection of its own, until the server ends it or has sent the given number of answers. */
  async function sent(url: string, request: string, answers = 1): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(request.repeat(answers));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      if (wholeAnswers(text).count === answers) socket.end();
    });
    await once(socket, 'close');
    return text;
  }

  it.each([
    'GET THE-URL HTTP/1.1\r\nHost: shop\r\n\r\n',
    'HEAD THE-URL HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
    'GET THE-URL HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
    'GET THE-URL HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
    'GET THE-URL HTTP/1.1\r\nHost: shop\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n',
    'GET THE-URL HTTP/1.0\r\n\r\n',
    'GET THE-URL HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  ])('has the fields of the pipeline on the wire, each once: %j', async (template) => {
    const request = template.replace('THE-URL', '/api/products?perPage=2');
    const lines = (text: string): string[] => {
      const [head = '', ...rest] = text.replace('HTTP/1.1 100 Continue\r\n\r\n', '').split('\r\n\r\n');
      const own = new RegExp(`^(${OWN.join('|')}):`, 'i');
      return [
        ...head
          .split('\r\n')
          .filter((line) => !own.test(line))
          .sort(),
        ...rest,
      ];
    };
    const slow = await slowly(() => sent(shop.url, request));
    await sent(shop.url, request);
    await eventually(async () => {
      let fast = '';
      expect(await ahead(async () => (fast = await sent(shop.url, request)))).toBe(1);
      expect(fast).toMatch(/\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/i);
      expect(lines(fast)).toEqual(lines(slow));
    });
  });

  it('is logged in the words of the pipeline', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger('info', { write: (line: string) => lines.push(JSON.parse(line)) });
    const talking = await startApp({}, undefined, [], logger);
    try {
      const { id: target } = await createProduct(talking.db);
      const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      const url = `/api/products/${target}`;
      for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) await ask(talking.url, url, { method, headers });
      await ask(talking.url, `${url}?token=x`, { headers });
      const answered = () => lines.filter(({ msg }) => msg === 'Request answered.');
      await eventually(async () => expect(answered()).toHaveLength(5));
      const said = answered().map(({ time, ms, requestId, ...rest }) => {
        expect([typeof time, typeof ms, typeof requestId]).toEqual(['string', 'number', 'string']);
        return JSON.stringify(rest);
      });
      expect(said[2]).toBe(said[0]);
      expect(said[3]).toBe(said[1]);
      expect(said[0]).toContain('"traceId":"0af7651916cd43dd8448eb211c80319c"');
      expect(answered().map((line) => Object.keys(line).join())).toEqual(
        Array(5).fill(Object.keys(answered()[0] ?? {}).join()),
      );
      expect(JSON.stringify(answered()[4])).toContain('token=[redacted]');
      const { figures } = await talking.app.get(Metrics).summary();
      expect(figures['fast_lane_requests_total.answered']).toBeGreaterThanOrEqual(2);
    } finally {
      await talking.close();
    }
  });

  it('is counted for the client that the trusted proxies name', async () => {
    const settings = { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_READ: '3', TRUSTED_PROXIES: 'loopback' };
    const behind = await startApp(settings);
    try {
      const { id: target } = await createProduct(behind.db);
      const statuses = async (client: string): Promise<number[]> => {
        const answers: number[] = [];
        for (let i = 0; i < 4; i += 1) {
          const headers = { 'x-forwarded-for': client };
          answers.push((await ask(behind.url, `/api/products/${target}`, { headers })).status);
        }
        return answers;
      };
      expect(await statuses('192.0.2.1')).toEqual([200, 200, 200, 429]);
      expect(await statuses('192.0.2.2')).toEqual([200, 200, 200, 429]);
      // What stands left of the client, the client may have written itself.
      expect(await statuses('203.0.113.9, 192.0.2.1')).toEqual([429, 429, 429, 429]);
      const { figures } = await behind.app.get(Metrics).summary();
      expect(figures['fast_lane_requests_total.answered']).toBeGreaterThanOrEqual(2);
    } finally {
      await behind.close();
    }
  });

  it('arrives whole and in its turn, and is counted, when a client asks a thousand times and reads late', async () => {
    const url = '/api/products?perPage=11';
    await ask(shop.url, url);
    const metrics = shop.app.get(Metrics, { strict: false });
    const before = (await metrics.summary()).requestsByEndpoint['GET /api/products'] ?? 0;
    const socket = connect(Number(new URL(shop.url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').pause();
    const answered = await ahead(async () => {
      socket.write(`GET ${url} HTTP/1.1\r\nHost: shop\r\n\r\n`.repeat(1_000));
      await ask(shop.url, '/health/live');
      socket.on('data', (chunk) => {
        text += chunk;
        if (wholeAnswers(text).count === 1_000) socket.end();
      });
      socket.resume();
      await once(socket, 'close');
    });
    expect(answered).toBeGreaterThan(900);
    expect(wholeAnswers(text).rest).toBe('');
    const after = (await metrics.summary()).requestsByEndpoint['GET /api/products'];
    expect(after).toBe(before + 1_000);
  });
});

/** The whole answers at the beginning of what was received, and what follows them. */
function wholeAnswers(received: string): { count: number; rest: string } {
  let [at, count] = [0, 0];
  for (;;) {
    const end = received.indexOf('\r\n\r\n', at);
    if (end === -1) break;
    const head = received.slice(at, end);
    const next = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (next > received.length) break;
    // A 100 only says that there will be an answer.
    [at, count] = [next, count + (head.startsWith('HTTP/1.1 100') ? 0 : 1)];
  }
  return { count, rest: received.slice(at) };
}

describe('a hot product or list that expires', () => {
  it.each(['product', 'list'])('costs at most two reads: %s', async (which) => {
    // Sold to nobody: when two hours are over, other products get back what was held of them.
    const url = which === 'list' ? '/api/products?sort=name&perPage=1' : `/api/products/${unsold.id}`;
    await ask(shop.url, url);
    const repository = shop.app.get(CatalogueRepository, { strict: false });
    const reads = [
      jest.spyOn(repository, 'findById'),
      jest.spyOn(repository, 'list'),
      jest.spyOn(repository, 'findByIds'),
      jest.spyOn(repository, 'summary'),
    ];
    shop.clock.advance(7_200_000);
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask(shop.url, url)));
    expect([...new Set(answers.map(({ status, body }) => `${status} ${body}`))]).toHaveLength(1);
    const count = reads.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(2);
  });
});

describe('a sale', () => {
  it('that tells the new level leaves nothing to be read', async () => {
    const { id: target } = await createProduct(shop.db, { stock: 9 });
    const url = `/api/products/${target}`;
    await ask(shop.url, url);
    const updatedAt = new Date('2026-01-01T00:00:00.123Z');
    await shop.db.query('UPDATE products SET stock = 7, version = 2, updated_at = $2 WHERE id = $1', [
      target,
      updatedAt,
    ]);
    const level = { productId: target, stock: 7, delta: -2, version: 2, updatedAt };
    await shop.app.get(StockApi, { strict: false }).changed([target], [level]);
    const seen = await ask(shop.url, url);
    expect([seen.headers['x-cache'], JSON.parse(seen.body).stock]).toEqual(['HIT', 7]);
    expect(comparable(seen)).toEqual(comparable(await slowly(() => ask(shop.url, url))));
  });

  it('sends no statement for the catalogue where the process is alone', async () => {
    const customer = await createCustomer(shop);
    const { id: target } = await createProduct(shop.db, { stock: 9 });
    expect(shop.app.get(Coherence, { strict: false }).alone).toBe(true);
    const asked = jest.spyOn(shop.app.get(ReplicaSession, { strict: false }), 'validate');
    await placeSale(shop, customer, [{ productId: target, quantity: 1 }]).expect(201);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });
});
