import type { TestApp } from './app.js';
import { fromBase32, oneTimePassword } from './one-time-passwords.js';
import { bearer, PASSWORD, type Person, registerStaff } from './people.js';

const STEP_MS = 30_000;

/** Somebody with a second factor. */
export interface Enrolled {
  readonly person: Person;
  readonly secret: Buffer;
  readonly recoveryCodes: readonly string[];
  /** The code of the app at the moment, which is good for one use. */
  readonly code: () => string;
}

/** A new member of the staff, or somebody who is given, with a second factor whose last code was used a step ago. */
export async function enrol(
  shop: TestApp,
  options: { readonly role?: string; readonly person?: Person; readonly confirmed?: boolean } = {},
): Promise<Enrolled> {
  const { role = 'support', confirmed = true } = options;
  const person = options.person ?? (await registerStaff(shop, role));
  const headers = bearer(person.accessToken);
  const made = await shop.http.post('/api/users/me/totp').set(headers).send({ password: PASSWORD }).expect(201);
  const secret = fromBase32(made.body.secret);
  const code = (): string => oneTimePassword(secret, shop.clock.now());
  if (!confirmed) return { person, secret, recoveryCodes: [], code };
  const sent = shop.http.post('/api/users/me/totp/confirm').set(headers).send({ code: code() });
  const { recoveryCodes } = (await sent.expect(200)).body;
  shop.clock.advance(2 * STEP_MS);
  return { person, secret, recoveryCodes, code };
}
