import { newId } from '../../src/common/ids.js';
import type { TestApp } from './app.js';

/** Meets the rules, and no list has it. */
export const PASSWORD = 'Quiet-otter-52';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Registers a customer under a name that nobody has. */
export async function register(
  shop: Pick<TestApp, 'http'>,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<Person> {
  const email = `${newId()}@example.com`;
  const body = { email, password: PASSWORD, name: 'Ada Lovelace', ...overrides };
  const answer = await shop.http.post('/api/users/register').send(body).expect(201);
  const { user, accessToken, refreshToken } = answer.body;
  return { id: user.id, email: user.email, accessToken, refreshToken };
}

/** Logs a person in again: a session of its own. */
export async function logIn(shop: Pick<TestApp, 'http'>, email: string, password = PASSWORD): Promise<Person> {
  const answer = await shop.http.post('/api/users/login').send({ email, password }).expect(200);
  const { user, accessToken, refreshToken } = answer.body;
  return { id: user.id, email: user.email, accessToken, refreshToken };
}

/** Registers somebody with a role of the staff. */
export async function registerStaff(shop: Pick<TestApp, 'http' | 'db'>, role: string): Promise<Person> {
  const { id, email } = await register(shop);
  await shop.db.query('UPDATE users SET role = $2 WHERE id = $1', [id, role]);
  return logIn(shop, email);
}

/** The header that shows an access token. */
export const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });
