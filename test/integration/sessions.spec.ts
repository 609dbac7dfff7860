import { AuthService } from '../../src/modules/auth/auth.service.js';
import { RefreshService } from '../../src/modules/auth/refresh.service.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { startApp, type TestApp } from '../support/app.js';
import { logIn, PASSWORD, register } from '../support/people.js';

const SETTINGS = { PASSWORD_HASH_MEMORY_KIB: '1024' };

describe('sessions', () => {
  let shop: TestApp;
  let sessions: RefreshService;

  beforeAll(async () => {
    shop = await startApp(SETTINGS);
    sessions = shop.app.get(RefreshService, { strict: false });
  });
  afterAll(() => shop.close());

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
