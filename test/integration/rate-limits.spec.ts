import type { INestApplicationContext } from '@nestjs/common';
import { RedisLink } from '../../src/platform/cache/redis-link.js';
import { AttemptLocks } from '../../src/platform/rate-limits/attempt-locks.js';
import type { RateLimitPolicy } from '../../src/platform/rate-limits/rate-limit-policy.js';
import { TooManyRequests } from '../../src/platform/rate-limits/rate-limits.errors.js';
import { RateLimits } from '../../src/platform/rate-limits/rate-limits.js';
import { startApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { startPlumbing } from '../support/plumbing.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';

const SMALL: RateLimitPolicy = { name: 'small', limit: 10, windowSeconds: 60 };
const LARGE: RateLimitPolicy = { name: 'large', limit: 400, windowSeconds: 60 };
const MINUTE = 60_000;

class Wrong extends Error {}
const isWrong = (error: unknown): boolean => error instanceof Wrong;

if (redisBinary === undefined)
  console.warn('Not run: rate limits shared by replicas. There is no redis-server on the PATH.');
const withRedis = redisBinary === undefined ? describe.skip : describe;

withRedis('rate limits that replicas share through Redis', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let replicas: INestApplicationContext[] = [];
  const clock = new TestClock();

  const limits = (index: number): RateLimits => replicaAt(index).get(RateLimits);
  const locks = (index: number): AttemptLocks => replicaAt(index).get(AttemptLocks);
  const replicaAt = (index: number): INestApplicationContext => {
    const replica = replicas[index % replicas.length];
    if (replica === undefined) throw new Error('No replica was started.');
    return replica;
  };
  const connected = () =>
    eventually(() => {
      for (const replica of replicas) expect(replica.get(RedisLink, { strict: false }).client?.isReady).toBe(true);
    });
  const sharing = async () => {
    await connected();
    // Whichever replica counts first, the other one sees it: the breakers are closed.
    await eventually(async () => {
      const key = `probe:${clock.now().getTime()}:${Math.random()}`;
      await limits(0).take(SMALL, [key]);
      expect((await limits(1).take(SMALL, [key])).remaining).toBe(8);
    });
  };
  const fail = (index: number, subject: string) =>
    locks(index)
      .attempt(subject, () => Promise.reject(new Wrong()), isWrong)
      .then(
        () => 'right',
        (error: unknown) => (error instanceof TooManyRequests ? 'locked' : 'wrong'),
      );

  beforeAll(async () => {
    database = await createTestDatabase();
    redis = await startRedis();
    const settings = { WORKER: 'false', RATE_LIMIT_ENABLED: 'true', REDIS_URL: redis.url };
    for (let i = 0; i < 2; i += 1) replicas.push(await startPlumbing(database, { clock, settings }));
    await sharing();
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    replicas = [];
    await redis.remove();
    await database.drop();
  });

  it('hold across replicas, also for requests that come at once', async () => {
    const verdicts = await Promise.all(Array.from({ length: 30 }, (_, i) => limits(i).take(SMALL, ['user:a'])));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect((await limits(0).take(SMALL, ['user:b'])).remaining).toBe(9);
  });

  it('never let through more than a large limit, of which replicas draw parts, nor much less', async () => {
    let allowed = 0;
    for (let i = 0; i < 500; i += 1) if ((await limits(i).take(LARGE, ['user:c'])).allowed) allowed += 1;
    expect(allowed).toBe(400);
    const alone = Array.from({ length: 500 }, () => limits(0).take(LARGE, ['user:d']));
    expect((await Promise.all(alone)).filter((verdict) => verdict.allowed)).toHaveLength(400);
  });

  it('tell what remains and when the window ends', async () => {
    const first = await limits(0).take(LARGE, ['user:e']);
    expect(first).toMatchObject({ policy: LARGE, allowed: true, remaining: 399, resetSeconds: 60 });
    const { remaining } = await limits(1).take(LARGE, ['user:e']);
    expect(remaining).toBe(379);
  });

  it('end with their window, in Redis too', async () => {
    await limits(0).take(SMALL, ['user:f']);
    const rest = Number((await redis.run('PTTL tradepost:rate:small:user:f')).slice(1));
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThanOrEqual(MINUTE);
  });

  it('lock on every replica what failed on any, and end everywhere with a success', async () => {
    const outcomes: string[] = [];
    for (let i = 0; i < 12; i += 1) outcomes.push(await fail(i, 'email:a'));
    expect(outcomes).toEqual([...Array<string>(10).fill('wrong'), 'locked', 'locked']);
    clock.advance(MINUTE);
    await locks(0).attempt('email:a', async () => 'right', isWrong);
    for (let i = 0; i < 9; i += 1) expect(await fail(i, 'email:a')).toBe('wrong');
  });

  it('forget a lock on every replica when the owner is known in another way', async () => {
    for (let i = 0; i < 10; i += 1) await fail(i, 'email:b');
    expect(await fail(0, 'email:b')).toBe('locked');
    await locks(1).forget('email:b');
    expect(await fail(0, 'email:b')).toBe('wrong');
  });

  it('keep nothing in Redis from which a name could be read', async () => {
    await fail(0, 'email:ada@example.com');
    expect(await redis.run('KEYS tradepost:rate:attempts:*')).not.toBe('*0\r\n');
    expect(await redis.run('KEYS *ada*')).toBe('*0\r\n');
  });

  it.each(['killed', 'frozen'])('are counted by each replica, without an error, while Redis is %s', async (state) => {
    const end = state === 'killed' ? redis.kill : async () => redis.freeze();
    const back = state === 'killed' ? redis.start : async () => redis.thaw();
    await end();
    try {
      const verdicts = [];
      for (let i = 0; i < 12; i += 1) verdicts.push(await limits(0).take(SMALL, [`user:${state}`]));
      expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10);
      const outcomes: string[] = [];
      for (let i = 0; i < 11; i += 1) outcomes.push(await fail(0, `email:${state}`));
      expect(outcomes).toEqual([...Array<string>(10).fill('wrong'), 'locked']);
    } finally {
      await back();
    }
    await sharing();
  });
});

withRedis('replicas that serve over HTTP', () => {
  it('refuse together what is above a limit, and go on when Redis is killed', async () => {
    const redis = await startRedis();
    const settings = { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_LOGIN: '6', REDIS_URL: redis.url };
    const first = await startApp(settings);
    const second = await startApp(settings, first);
    const login = async (shop: typeof first): Promise<number> => {
      const body = { email: 'nobody@example.com', password: 'Wrong-walrus-25' };
      return (await shop.http.post('/api/users/login').send(body)).status;
    };
    try {
      for (const { app } of [first, second]) {
        const { client } = app.get(RedisLink, { strict: false });
        await eventually(() => expect(client?.isReady).toBe(true));
      }
      const together: number[] = [];
      for (let i = 0; i < 8; i += 1) together.push(await login(i % 2 === 0 ? first : second));
      expect(together).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
      await redis.kill();
      first.clock.advance(MINUTE);
      const alone: number[] = [];
      for (let i = 0; i < 7; i += 1) alone.push(await login(first));
      expect(alone).toEqual([401, 401, 401, 401, 401, 401, 429]);
    } finally {
      await second.close();
      await first.close();
      await redis.remove();
    }
  });
});
