import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import supertest from 'supertest';
import { createTestDatabase, openPool, type TestDatabase } from '../support/cluster.js';
import { bearer, logIn, PASSWORD, type Person, register, registerStaff } from '../support/people.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';
import { type ServerProcess, startServerProcess } from '../support/server-process.js';

const BURST = 50;
const GRACE_SECONDS = 10;
/** A replica knows by then what another has taken back: it trusts what it has heard for so long and no longer. */
const HEARD_MS = 1_000;

interface Replica {
  readonly http: ReturnType<typeof supertest>;
  readonly process: ServerProcess;
}

describe.each([
  ['alone', false],
  ['beside a Redis that dies', true],
])('sessions on two processes over one database, %s', (_, besideRedis) => {
  let database: TestDatabase;
  let db: pg.Pool;
  let redis: TestRedis | undefined;
  let here: Replica;
  let there: Replica;
  const replicas: Replica[] = [];
  let person: Person;

  const possible = !besideRedis || redisBinary !== undefined;
  // Where no redis-server is installed, the second half says so.
  const test = possible ? it : it.skip;

  async function startReplica(): Promise<Replica> {
    const process = await startServerProcess(database, {
      PASSWORD_HASH_MEMORY_KIB: '1024',
      REFRESH_GRACE_SECONDS: String(GRACE_SECONDS),
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    });
    const replica = { process, http: supertest(process.url) };
    replicas.push(replica);
    return replica;
  }

  beforeAll(async () => {
    if (!possible) return;
    database = await createTestDatabase();
    db = openPool(database.ownerUrl, 2);
    if (besideRedis) redis = await startRedis();
    [here, there] = await Promise.all([startReplica(), startReplica()]);
  });
  beforeEach(async () => {
    if (!possible) return;
    person = await register(here);
    for (const { http } of [here, there]) await http.get('/api/users/me').set(bearer(person.accessToken)).expect(200);
    await redis?.kill();
  });
  afterEach(async () => {
    await redis?.start();
  });
  afterAll(async () => {
    if (!possible) return;
    for (const { process } of replicas) process.kill('SIGTERM');
    for (const { process } of replicas) expect(await process.ended).toEqual([0, null]);
    await redis?.remove();
    await db.end();
    await database.drop();
  });

  const refresh = ({ http }: Replica, refreshToken: string) => http.post('/api/users/refresh').send({ refreshToken });
  const count = async (text: string): Promise<number> => (await db.query(text, [person.id])).rowCount ?? 0;
  const liveTokens = (): Promise<number> =>
    count('SELECT FROM refresh_tokens WHERE user_id = $1 AND spent_at IS NULL AND revoked_at IS NULL');
  const alarms = (): Promise<number> =>
    count(`SELECT FROM audit_log WHERE action = 'user.refresh_token_reused' AND subject_id = $1`);

  /** Presents a token fifty times at once, to both in turn, and gives the one answer that is not a refusal. */
  async function burst(refreshToken: string): Promise<Pick<Person, 'accessToken' | 'refreshToken'>> {
    const racers = Array.from({ length: BURST }, (__, index) => refresh(index % 2 === 0 ? here : there, refreshToken));
    const answers = await Promise.all(racers);
    const won = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status, body }) => status === 401 && body.code === 'token_revoked');
    expect([won.length, lost.length]).toEqual([1, BURST - 1]);
    return won[0]?.body;
  }

  async function expectRefused(accessToken: string): Promise<void> {
    await delay(HEARD_MS);
    for (const { http } of [here, there]) {
      const { body } = await http.get('/api/users/me').set(bearer(accessToken)).expect(401);
      expect(body.code).toBe('token_revoked');
    }
  }

  test('give fifty refreshes at once one successor, and go on with it', async () => {
    const next = await burst(person.refreshToken);
    expect([await liveTokens(), await alarms()]).toEqual([1, 0]);
    const last = await burst(next.refreshToken);
    expect([await liveTokens(), await alarms()]).toEqual([1, 0]);
    for (const { http } of [here, there]) await http.get('/api/users/me').set(bearer(last.accessToken)).expect(200);
    await refresh(there, last.refreshToken).expect(200);
  });

  test('end on both when a token of such a burst comes again after the grace', async () => {
    const next = await burst(person.refreshToken);
    await db.query(
      `UPDATE refresh_tokens SET spent_at = spent_at - $2 * interval '1 second' WHERE user_id = $1 AND spent_at IS NOT NULL`,
      [person.id, GRACE_SECONDS + 1],
    );
    expect((await refresh(there, person.refreshToken).expect(401)).body.code).toBe('token_revoked');
    await refresh(here, next.refreshToken).expect(401);
    await expectRefused(next.accessToken);
    expect([await liveTokens(), await alarms()]).toEqual([0, 1]);
  });

  test('that end by a logout on one have ended on the other', async () => {
    await here.http.post('/api/users/logout').set(bearer(person.accessToken)).expect(204);
    await refresh(there, person.refreshToken).expect(401);
    await expectRefused(person.accessToken);
  });

  test('end on both when the role of their user changes, or the account is closed', async () => {
    const admin = await registerStaff({ ...here, db }, 'admin');
    const change = (body: object) =>
      there.http.patch(`/api/users/${person.id}`).set(bearer(admin.accessToken)).send(body).expect(200);
    await change({ role: 'support' });
    await refresh(here, person.refreshToken).expect(401);
    await expectRefused(person.accessToken);
    const { accessToken, refreshToken } = await logIn(here, person.email);
    await there.http.get('/api/users/me').set(bearer(accessToken)).expect(200);
    await change({ active: false });
    await refresh(here, refreshToken).expect(401);
    await expectRefused(accessToken);
    await here.http.post('/api/users/login').send({ email: person.email, password: PASSWORD }).expect(401);
  });
});
