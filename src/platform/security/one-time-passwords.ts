import { Secret, TOTP } from 'otpauth';

/** RFC 4226, section 4, R6: the length that is recommended, that of a SHA-1 hash. */
const SECRET_BYTES = 20;
/** Clocks drift, and people type slowly: one time step either way (RFC 6238, section 5.2). */
const WINDOW = 1;

/** What every authenticator app understands; some ignore the parameters of the URI and take these for granted. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** Whom a secret is shown to, in the list of an authenticator app. */
export interface SecretLabel {
  readonly issuer: string;
  readonly account: string;
}

/** A new secret for time-based one-time passwords. */
export function newOneTimeSecret(): Buffer {
  return Buffer.from(new Secret({ size: SECRET_BYTES }).bytes);
}

/** A secret as a person can type it (base32), and as an app takes it from a QR code (Key URI Format). */
export function presentOneTimeSecret(
  secret: Buffer,
  { issuer, account }: SecretLabel,
): { readonly secret: string; readonly otpauthUri: string } {
  const shared = asSecret(secret);
  const totp = new TOTP({ ...PARAMETERS, secret: shared, issuer, label: account });
  return { secret: shared.base32, otpauthUri: totp.toString() };
}

/**
 * The time step of a one-time password (RFC 6238), compared in constant time.
 * @returns undefined where it is none of the present step or its neighbours
 */
export function stepOfOneTimePassword(secret: Buffer, password: string, now: Date): number | undefined {
  // The library compares buffers, and throws where six characters are more than six bytes.
  if (!/^\d{6}$/.test(password)) return undefined;
  const timestamp = now.getTime();
  const delta = TOTP.validate({ ...PARAMETERS, secret: asSecret(secret), token: password, timestamp, window: WINDOW });
  return delta === null ? undefined : TOTP.counter({ period: PARAMETERS.period, timestamp }) + delta;
}

function asSecret(bytes: Buffer): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
