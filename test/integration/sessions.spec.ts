import { AuthService } from '../../src/modules/auth/auth.service.js';
import { SessionsService } from '../../src/modules/auth/sessions.service.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { startApp, type TestApp } from '../support/app.js';
import { logIn, PASSWORD, register } from '../support/people.js';

const SETTINGS = { PASSWORD_HASH_MEMORY_KIB: '1024' };

describe('sessions', () => {
  let shop: TestApp;
  let sessions: SessionsService;

  beforeAll(async () => {
    shop = await startApp(SETTINGS);
    sessions = shop.app.get(SessionsService, { strict: false });
  });
  afterAll(() => shop.close());

  it('go on after fifty refreshes with one token that overlapped', async () => {
    const { refreshToken } = await register(shop);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => sessions.refresh(refreshToken)));
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(won).toHaveLength(1);
    expect(new Set(lost.map(({ code }) => code))).toEqual(new Set(['token_revoked']));
    const next = await sessions.refresh(won[0]?.refreshToken ?? '');
    await expect(sessions.refresh(refreshToken)).rejects.toMatchObject({ code: 'token_revoked' });
    await expect(sessions.refresh(next.refreshToken)).rejects.toMatchObject({ code: 'token_revoked' });
  });

  it('of one family never have two live tokens, on several replicas either', async () => {
    const replica = await startApp(SETTINGS, shop);
    try {
      const person = await register(shop);
      const others = replica.app.get(SessionsService, { strict: false });
      const racers = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? others : sessions).refresh(person.refreshToken),
      );
      const outcomes = await Promise.allSettled(racers);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { rowCount } = await shop.db.query(
        'SELECT FROM refresh_tokens WHERE user_id = $1 AND spent_at IS NULL AND revoked_at IS NULL',
        [person.id],
      );
      expect(rowCount).toBeLessThanOrEqual(1);
    } finally {
      await replica.close();
    }
  });

  it('that a login opens while the password changes do not outlive the change', async () => {
    const person = await register(shop);
    const auth = shop.app.get(AuthService, { strict: false });
    const changed = { currentPassword: PASSWORD, newPassword: 'Loud-walrus-25' };
    const http = shop.http.post('/api/users/me/password').set({ authorization: `Bearer ${person.accessToken}` });
    const [, login] = await Promise.allSettled([
      http.send(changed).expect(204),
      auth.login({ email: person.email, password: PASSWORD }),
    ]);
    if (login.status === 'fulfilled') {
      await expect(sessions.refresh(login.value.refreshToken)).rejects.toMatchObject({ code: 'token_revoked' });
    }
    await logIn(shop, person.email, 'Loud-walrus-25');
  });

  it('leave nothing behind when their tokens have expired', async () => {
    const { id } = await register(shop);
    await shop.db.query(`UPDATE refresh_tokens SET expires_at = now() - interval '1 day' WHERE user_id = $1`, [id]);
    const jobs = shop.app.get(JobRegistry, { strict: false }).all();
    await jobs.find(({ name }) => name === 'refresh-tokens.sweep')?.run(new AbortController().signal);
    const { rowCount } = await shop.db.query('SELECT FROM refresh_tokens WHERE user_id = $1', [id]);
    expect(rowCount).toBe(0);
  });
});
