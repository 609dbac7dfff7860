import { once } from 'node:events';
import { connect } from 'node:net';
import { RefreshService } from '../../src/modules/auth/refresh.service.js';
import type { TokenPair } from '../../src/modules/auth/sessions.service.js';
import { MANY_CONNECTIONS, startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { bearer, type Person, register } from '../support/people.js';

const GRACE_MS = 10_000;

/** Sends a refresh and closes the connection as soon as the request is out; resolves when the server has noticed. */
async function sendAndHangUp({ app, url }: TestApp, body: object): Promise<void> {
  const open = (): Promise<number> =>
    new Promise((resolve) => app.getHttpServer().getConnections((_: unknown, count: number) => resolve(count)));
  const { hostname, port } = new URL(url);
  const before = await open();
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  await eventually(async () => expect(await open()).toBe(before + 1));
  const json = JSON.stringify(body);
  const head = `POST /api/users/refresh HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n`;
  await new Promise((resolve) => socket.write(`${head}content-length: ${json.length}\r\n\r\n${json}`, resolve));
  socket.destroy();
  await eventually(async () => expect(await open()).toBe(before));
}

describe('a family of refresh tokens', () => {
  let shop: TestApp;
  let replica: TestApp;
  let person: Person;

  beforeAll(async () => {
    shop = await startApp(MANY_CONNECTIONS);
    replica = await startApp(MANY_CONNECTIONS, shop);
  });
  beforeEach(async () => {
    person = await register(shop);
  });
  afterAll(async () => {
    await replica.close();
    await shop.close();
  });

  const at = ({ app }: TestApp): RefreshService => app.get(RefreshService, { strict: false });
  const refresh = (token: string, delivered = true, where = shop): Promise<TokenPair> =>
    at(where).refresh(token, Promise.resolve(delivered));
  const revoked = { code: 'token_revoked' };
  const liveTokens = async (): Promise<number> => {
    const text = 'SELECT FROM refresh_tokens WHERE user_id = $1 AND spent_at IS NULL AND revoked_at IS NULL';
    return (await shop.db.query(text, [person.id])).rowCount ?? 0;
  };
  /** How often the audit log says that a spent token was used again. */
  const alarms = async (): Promise<number> => {
    const text = `SELECT FROM audit_log WHERE action = 'user.refresh_token_reused' AND subject_id = $1`;
    return (await shop.db.query(text, [person.id])).rowCount ?? 0;
  };
  const isLost = async (): Promise<void> => {
    const text = 'SELECT FROM refresh_tokens WHERE user_id = $1 AND lost_at IS NOT NULL';
    await eventually(async () => expect((await shop.db.query(text, [person.id])).rowCount).toBe(1));
  };
  const expectEnded = async (pair: TokenPair): Promise<void> => {
    await expect(refresh(pair.refreshToken)).rejects.toMatchObject(revoked);
    await eventually(() => shop.http.get('/api/users/me').set(bearer(pair.accessToken)).expect(401));
    expect(await liveTokens()).toBe(0);
    expect(await alarms()).toBe(1);
  };
  const settle = async (racers: readonly Promise<TokenPair>[]): Promise<TokenPair[]> => {
    const outcomes = await Promise.allSettled(racers);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(revoked);
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  };

  describe('of whose token fifty are presented at once', () => {
    it.each([
      ['in one process', () => [shop]],
      ['on two replicas', () => [shop, replica]],
    ])('goes on with one successor, %s', async (_, places) => {
      const where = places();
      const racers = Array.from({ length: 50 }, (__, n) => refresh(person.refreshToken, true, where[n % where.length]));
      const won = await settle(racers);
      expect(won).toHaveLength(1);
      expect(await liveTokens()).toBe(1);
      expect(await alarms()).toBe(0);
      await refresh(won[0]?.refreshToken ?? '');
    });

    it('goes on though some come when the race is over, to whatever replica', async () => {
      const won = await settle(Array.from({ length: 5 }, () => refresh(person.refreshToken)));
      shop.clock.advance(GRACE_MS / 2);
      await expect(refresh(person.refreshToken, true, replica)).rejects.toMatchObject(revoked);
      await expect(refresh(person.refreshToken)).rejects.toMatchObject(revoked);
      expect(await liveTokens()).toBe(1);
      await refresh(won[0]?.refreshToken ?? '');
    });

    it('goes on though the first is answered before the others come', async () => {
      const won = await refresh(person.refreshToken);
      const late = Array.from({ length: 49 }, (_, n) => refresh(person.refreshToken, true, n % 2 ? shop : replica));
      expect(await settle(late)).toEqual([]);
      expect(await alarms()).toBe(0);
      await refresh(won.refreshToken);
    });
  });

  describe('ends', () => {
    it('when a spent token comes again, alone, though it was spent just now', async () => {
      const next = await refresh(person.refreshToken);
      await expect(refresh(person.refreshToken, true, replica)).rejects.toMatchObject(revoked);
      await expectEnded(next);
    });

    it('when one comes again after its successor was used, race or not', async () => {
      const [won] = await settle(Array.from({ length: 5 }, () => refresh(person.refreshToken)));
      const next = await refresh(won?.refreshToken ?? '');
      await expect(refresh(person.refreshToken)).rejects.toMatchObject(revoked);
      await expectEnded(next);
    });

    it('when one comes again after the grace, race or not, and is told once', async () => {
      const [won] = await settle(Array.from({ length: 5 }, () => refresh(person.refreshToken)));
      shop.clock.advance(GRACE_MS + 1_000);
      for (let time = 0; time < 2; time += 1) {
        await expect(refresh(person.refreshToken)).rejects.toMatchObject(revoked);
      }
      await expectEnded(won as TokenPair);
    });

    it('when one whose answer was lost comes again after the grace', async () => {
      const lost = await refresh(person.refreshToken, false);
      await isLost();
      shop.clock.advance(GRACE_MS + 1_000);
      await expect(refresh(person.refreshToken)).rejects.toMatchObject(revoked);
      await expectEnded(lost);
    });
  });

  describe('whose answer was lost', () => {
    it('goes on with another successor, and the lost one is void', async () => {
      const lost = await refresh(person.refreshToken, false);
      await isLost();
      const next = await refresh(person.refreshToken, true, replica);
      expect(await liveTokens()).toBe(1);
      await expect(refresh(lost.refreshToken)).rejects.toMatchObject(revoked);
      await refresh(next.refreshToken);
      expect(await alarms()).toBe(0);
    });

    it('has one live token however many ask again', async () => {
      await refresh(person.refreshToken, false);
      await isLost();
      const racers = Array.from({ length: 20 }, (_, n) => refresh(person.refreshToken, true, n % 2 ? shop : replica));
      const [next, ...others] = await settle(racers);
      expect(others).toEqual([]);
      expect(await liveTokens()).toBe(1);
      await refresh(next?.refreshToken ?? '');
    });

    it('does not come back after every session of the user was ended', async () => {
      const { accessToken } = await refresh(person.refreshToken, false);
      await isLost();
      await shop.http.post('/api/users/logout-all').set(bearer(accessToken)).expect(204);
      await expect(refresh(person.refreshToken)).rejects.toMatchObject(revoked);
      expect(await liveTokens()).toBe(0);
    });

    it('is known by its connection, which closed before the answer was sent', async () => {
      const held = await shop.db.connect();
      try {
        await held.query('BEGIN');
        await held.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id]);
        await sendAndHangUp(shop, { refreshToken: person.refreshToken });
        await held.query('COMMIT');
      } finally {
        held.release();
      }
      await isLost();
      const answer = await shop.http.post('/api/users/refresh').send({ refreshToken: person.refreshToken }).expect(200);
      await refresh(answer.body.refreshToken);
    });
  });
});
