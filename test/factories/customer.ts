import { newId } from '../../src/common/ids.js';
import { AccessTokens } from '../../src/platform/security/access-tokens.js';
import type { Role } from '../../src/platform/security/permissions.js';
import { TokenTimes } from '../../src/platform/security/token-times.js';
import type { TestApp } from '../support/app.js';

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly accessToken: string;
  /** Headers that make a request theirs. */
  readonly bearer: { readonly authorization: string };
}

/** A user, by default a customer, who is logged in without a password ever being hashed. */
export async function createCustomer(shop: TestApp, role: Role = 'customer'): Promise<TestUser> {
  const id = newId();
  const email = `${id}@customers.example`;
  await shop.db.query(
    `INSERT INTO users (id, email, email_key, name, role, active, created_at, updated_at)
     VALUES ($1, $2, $2, 'Ada Lovelace', $3, true, now(), now())`,
    [id, email, role],
  );
  const issuedAt = shop.app.get(TokenTimes, { strict: false }).next();
  const tokens = shop.app.get(AccessTokens, { strict: false });
  const accessToken = tokens.issue({ userId: id, role, familyId: newId(), issuedAt });
  return { id, email, accessToken, bearer: { authorization: `Bearer ${accessToken}` } };
}
