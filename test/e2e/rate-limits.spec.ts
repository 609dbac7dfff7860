import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { newId } from '../../src/common/ids.js';
import { EmailField } from '../../src/platform/fields/fields.js';
import { RateLimited } from '../../src/platform/rate-limits/rate-limited.js';
import { Access } from '../../src/platform/security/access.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, PASSWORD, type Person, register } from '../support/people.js';

const SETTINGS = {
  RATE_LIMIT_ENABLED: 'true',
  TRUSTED_PROXIES: '127.0.0.1',
  RATE_LIMIT_READ: '5',
  RATE_LIMIT_WRITE: '3',
  RATE_LIMIT_LOGIN: '4',
  RATE_LIMIT_RESET: '50',
  RATE_LIMIT_ADDRESS: '8',
};
const MINUTE = 60_000;
const WRONG = 'Wrong-walrus-25';

class ResetRequest {
  @EmailField()
  email!: string;
}

@Controller('test-resets')
class ResetsController {
  @Post()
  @HttpCode(202)
  @Access('public')
  @RateLimited('reset')
  ask(@Body() _: ResetRequest): void {}
}

let lastAddress = 0;
/** An address that nobody has used yet. */
const newAddress = (): string => {
  lastAddress += 1;
  return `198.18.${lastAddress >> 8}.${lastAddress & 255}`;
};
const from = (address: string) => ({ 'x-forwarded-for': address });

describe('rate limits', () => {
  let shop: TestApp;
  let person: Person;

  beforeAll(async () => {
    shop = await startApp(SETTINGS, undefined, [ResetsController]);
    person = await register(shop);
  });
  afterAll(() => shop.close());
  beforeEach(() => shop.clock.advance(2 * 60 * MINUTE));

  const read = (headers: Record<string, string>) => shop.http.get('/api/products').set(headers);
  const login = (address: string, body: object) => shop.http.post('/api/users/login').set(from(address)).send(body);
  const statuses = async (count: number, send: (i: number) => PromiseLike<{ status: number }>): Promise<number[]> => {
    const all: number[] = [];
    for (let i = 0; i < count; i += 1) all.push((await send(i)).status);
    return all;
  };

  describe('of addresses', () => {
    it('tell the policy and what remains of it, refuse what is above it, and end', async () => {
      const address = newAddress();
      for (const remaining of [4, 3, 2, 1, 0]) {
        const answer = await read(from(address)).expect(200);
        expect(answer.headers['ratelimit-policy']).toBe('"read";q=5;w=60');
        expect(answer.headers.ratelimit).toMatch(new RegExp(`^"read";r=${remaining};t=(60|59)$`));
      }
      shop.clock.advance(20_000);
      const refused = await read(from(address)).expect(429);
      expect(refused.headers['content-type']).toContain('application/problem+json');
      expect(refused.body).toMatchObject({ status: 429, code: 'rate_limited', title: 'Too Many Requests' });
      expect(refused.headers.ratelimit).toMatch(/^"read";r=0;t=(40|39)$/);
      expect(['39', '40']).toContain(refused.headers['retry-after']);
      await read(from(newAddress())).expect(200);
      shop.clock.advance(40_000);
      await read(from(address)).expect(200);
    });

    it('count each class of routes by itself', async () => {
      const address = newAddress();
      const write = () =>
        shop.http
          .post('/api/users/refresh')
          .set(from(address))
          .send({ refreshToken: 'x'.repeat(43) });
      expect(await statuses(4, write)).toEqual([401, 401, 401, 429]);
      await read(from(address)).expect(200);
    });

    it('are not evaded by entries that a client adds before those of the proxy', async () => {
      const address = newAddress();
      const sent = await statuses(6, (i) => read(from(`203.0.113.${i}, ${address}`)));
      expect(sent).toEqual([200, 200, 200, 200, 200, 429]);
    });

    it('are not evaded by any X-Forwarded-For where no proxy is trusted', async () => {
      const replica = await startApp({ ...SETTINGS, TRUSTED_PROXIES: '' }, shop);
      try {
        const sent = await statuses(6, () => replica.http.get('/api/products').set(from(newAddress())));
        expect(sent).toEqual([200, 200, 200, 200, 200, 429]);
      } finally {
        await replica.close();
      }
    });

    it('take the 2^64 addresses of an IPv6 subscriber for one', async () => {
      const sent = await statuses(6, (i) => read(from(`2001:db8:7:1:${i}:${i}:${i}:1`)));
      expect(sent.at(-1)).toBe(429);
      await read(from('2001:db8:7:2::1')).expect(200);
    });

    it('count what shows wrong credentials', async () => {
      const address = newAddress();
      const sent = await statuses(9, (i) =>
        shop.http.get('/api/users/me').set({ ...from(address), ...bearer(`forged.${i}.token`) }),
      );
      expect(sent).toEqual([...Array<number>(8).fill(401), 429]);
    });

    it('are not widened by credentials that a public route does not look at', async () => {
      const address = newAddress();
      const sent = await statuses(6, (i) => read({ ...from(address), ...bearer(`forged.${i}.token`) }));
      expect(sent.at(-1)).toBe(429);
    });

    it('leave alone what operators and readers of the documentation ask for', async () => {
      const address = from(newAddress());
      for (const path of ['/health', '/health/live', '/health/ready', '/metrics', '/openapi.json']) {
        for (let i = 0; i < 7; i += 1) {
          const answer = await shop.http.get(path).set(address).expect(200);
          expect(answer.headers.ratelimit).toBeUndefined();
        }
      }
    });
  });

  describe('of users', () => {
    const me = (token: string, address: string) =>
      shop.http.get('/api/users/me').set({ ...from(address), ...bearer(token) });

    it('hold from whatever addresses they come, and spare others behind the same', async () => {
      const [first, second] = [await register(shop), await register(shop)];
      const address = newAddress();
      const sent = await statuses(6, (i) => me(first.accessToken, i < 3 ? address : newAddress()));
      expect(sent).toEqual([200, 200, 200, 200, 200, 429]);
      const other = await me(second.accessToken, address).expect(200);
      expect(other.headers.ratelimit).toMatch(/^"read";r=4;t=(60|59)$/);
    });

    it('keep nothing of what they refuse under an Idempotency-Key', async () => {
      const { accessToken } = await register(shop);
      const key = newId();
      const body = {
        label: 'Home',
        recipient: 'Ada Lovelace',
        line1: '1 Main Street',
        city: 'London',
        postalCode: 'SW1A 1AA',
        country: 'GB',
      };
      const add = (idempotencyKey: string) =>
        shop.http
          .post('/api/delivery-addresses')
          .set({ ...from(newAddress()), ...bearer(accessToken), 'idempotency-key': idempotencyKey })
          .send(body);
      expect(await statuses(3, () => add(newId()))).toEqual([201, 201, 201]);
      await add(key).expect(429);
      const { rows } = await shop.db.query('SELECT count(*)::int AS kept FROM idempotency_keys WHERE key = $1', [key]);
      expect(rows).toEqual([{ kept: 0 }]);
      shop.clock.advance(MINUTE);
      const answer = await add(key).expect(201);
      expect(answer.headers['idempotency-replayed']).toBeUndefined();
    });
  });

  describe('of logins', () => {
    it('refuse many from one address, whether they succeed or not', async () => {
      const address = newAddress();
      const bodies = [PASSWORD, WRONG, PASSWORD, PASSWORD, PASSWORD].map((password) => ({
        email: person.email,
        password,
      }));
      expect(await statuses(5, (i) => login(address, bodies[i] ?? {}))).toEqual([200, 401, 200, 200, 429]);
    });

    it('lock an account after ten wrong passwords from many addresses, for a time that grows and ends', async () => {
      const { email } = await register(shop);
      const attempt = (password: string) => login(newAddress(), { email: email.toUpperCase(), password });
      const sent = await statuses(100, () => attempt(WRONG));
      expect(sent).toEqual([...Array<number>(10).fill(401), ...Array<number>(90).fill(429)]);
      const right = await attempt(PASSWORD).expect(429);
      expect(right.body.code).toBe('rate_limited');
      expect(Number(right.headers['retry-after'])).toBeLessThanOrEqual(60);
      shop.clock.advance(MINUTE);
      await attempt(WRONG).expect(401);
      shop.clock.advance(MINUTE);
      await attempt(PASSWORD).expect(429);
      shop.clock.advance(MINUTE);
      await attempt(PASSWORD).expect(200);
      expect(await statuses(9, () => attempt(WRONG))).toEqual(Array<number>(9).fill(401));
      await attempt(PASSWORD).expect(200);
    });

    it('judge no more than ten of many wrong passwords that come at once', async () => {
      const { email } = await register(shop);
      const sent = await Promise.all(
        Array.from({ length: 40 }, () => login(newAddress(), { email, password: WRONG }).then(({ status }) => status)),
      );
      expect(sent.filter((status) => status === 401)).toHaveLength(10);
      expect(sent.filter((status) => status === 429)).toHaveLength(30);
    });

    it('let through many right passwords that come at once', async () => {
      const logins = Array.from({ length: 15 }, () => login(newAddress(), { email: person.email, password: PASSWORD }));
      expect(new Set((await Promise.all(logins)).map(({ status }) => status))).toEqual(new Set([200]));
    });

    it('lock names that nobody has like those that somebody has', async () => {
      const { email } = await register(shop);
      const told: unknown[] = [];
      for (const name of [email, `${newId()}@example.com`]) {
        const attempts = await statuses(10, () => login(newAddress(), { email: name, password: WRONG }));
        const { status, body, headers } = await login(newAddress(), { email: name, password: WRONG });
        told.push([attempts, status, { ...body, requestId: '' }, Object.keys(headers).sort()]);
      }
      expect(told[0]).toEqual(told[1]);
    });

    it('keep a stolen access token from guessing the password', async () => {
      const { accessToken } = await register(shop);
      const change = () => {
        shop.clock.advance(30_000);
        const body = { currentPassword: WRONG, newPassword: 'Other-otter-77' };
        return shop.http
          .post('/api/users/me/password')
          .set({ ...from(newAddress()), ...bearer(accessToken) })
          .send(body);
      };
      expect(await statuses(11, change)).toEqual([...Array<number>(10).fill(401), 429]);
    });
  });

  describe('of resets', () => {
    it('spare a mailbox, whoever asks and in whatever writing, and other mailboxes', async () => {
      const ask = (email: string) => shop.http.post('/api/test-resets').set(from(newAddress())).send({ email });
      const sent = await statuses(6, (i) => ask(i % 2 === 0 ? 'Ada@example.com' : ' ada@EXAMPLE.com'));
      expect(sent).toEqual([202, 202, 202, 202, 202, 429]);
      const answer = await ask('grace@example.com').expect(202);
      expect(answer.headers['ratelimit-policy']).toBe('"reset-account";q=5;w=900');
    });

    it('are not evaded by white space around the address', async () => {
      const ask = (spaces: number) =>
        shop.http
          .post('/api/test-resets')
          .set(from(newAddress()))
          .send({ email: `${' '.repeat(spaces)}lin@example.com` });
      expect(await statuses(6, (i) => ask(i * 100))).toEqual([202, 202, 202, 202, 202, 429]);
    });

    it('take no time for a text that is no address, however long it takes to normalise', async () => {
      const email = `ada@example${'\u0315\u0300'.repeat(150_000)}.com`;
      const answer = await shop.http.post('/api/test-resets').set(from(newAddress())).send({ email }).expect(400);
      expect(answer.body.errors).toEqual([{ path: 'email', message: 'must be an email address' }]);
    }, 20_000);
  });
});

it('without RATE_LIMIT_ENABLED nothing is counted', async () => {
  const shop = await startApp({ ...SETTINGS, RATE_LIMIT_ENABLED: 'false' });
  try {
    for (let i = 0; i < 7; i += 1) {
      const { headers } = await shop.http.get('/api/products').expect(200);
      expect(headers['ratelimit-policy']).toBeUndefined();
    }
  } finally {
    await shop.close();
  }
});
