import { isEmail, normalizeEmail } from '../../common/email.js';
import { isCleanText, ONE_LINE } from '../fields/text-rules.js';

/** What a provider says of a person, as far as it can be used. */
export interface OidcProfile {
  readonly email: string | undefined;
  /** The provider has seen to it that the address is the person's. */
  readonly emailVerified: boolean;
  readonly name: string | undefined;
}

const NAME_LENGTH = 200;

/** Reads the standard claims (OpenID Connect Core, section 5.1), of which none is certain to be there. */
export function readProfile(claims: Readonly<Record<string, unknown>>): OidcProfile {
  const email = typeof claims.email === 'string' && isEmail(claims.email) ? normalizeEmail(claims.email) : undefined;
  // A boolean by the specification; some large providers send it as a text.
  const verified = claims.email_verified === true || claims.email_verified === 'true';
  const parts = [claims.given_name, claims.family_name].filter((part) => nameOf(part) !== undefined).join(' ');
  const name = nameOf(claims.name) ?? nameOf(parts) ?? nameOf(claims.nickname) ?? nameOf(claims.preferred_username);
  return { email, emailVerified: email !== undefined && verified, name };
}

function nameOf(value: unknown): string | undefined {
  if (!isCleanText(value)) return undefined;
  const name = value.trim();
  return name.length <= NAME_LENGTH && ONE_LINE.test(name) ? name : undefined;
}
