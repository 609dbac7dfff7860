import { isUuid } from '../../common/ids.js';
import { ROLES, type Role } from './permissions.js';

/** What a verified access token says. */
export interface AccessToken {
  readonly userId: string;
  readonly role: Role;
  readonly tokenId: string;
  readonly familyId: string;
  /** Microseconds since the epoch. */
  readonly issuedAt: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds since the epoch, where the token says so. */
  readonly notBefore: number | undefined;
}

/** The media type of access tokens (RFC 9068, section 2.1): no other JWT of ours can be taken for one. */
export const TOKEN_TYPE = 'at+jwt';

const HEADER_NAMES = new Set(['alg', 'typ', 'kid']);

/**
 * The `kid` of a token whose header could be one of ours, before its signature is looked at. Ours have three members;
 * any other (jku, x5u, jwk and x5c would bring a key along, crit an extension) is refused without being understood.
 */
export function keyIdOf(token: string): string | undefined {
  const header = parseSegment(token.slice(0, Math.max(0, token.indexOf('.'))));
  if (header === undefined || Object.keys(header).some((name) => !HEADER_NAMES.has(name))) return undefined;
  const { alg, typ, kid } = header;
  return alg === 'RS256' && typ === TOKEN_TYPE && typeof kid === 'string' ? kid : undefined;
}

function parseSegment(segment: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is string => typeof value === 'string' && isUuid(value);
const isInstant = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isRole = (value: unknown): value is Role => (ROLES as readonly unknown[]).includes(value);

/** Reads the claims of a token whose signature, issuer and audience are right; undefined where one is not as it must be. */
export function readClaims(claims: unknown): AccessToken | undefined {
  if (!isObject(claims)) return undefined;
  const { sub, jti, sid, role, exp, iat_us: issuedAt, nbf } = claims;
  if (!isId(sub) || !isId(jti) || !isId(sid) || !isRole(role)) return undefined;
  if (!isInstant(exp) || !isInstant(issuedAt)) return undefined;
  if (nbf !== undefined && !isInstant(nbf)) return undefined;
  return { userId: sub, role, tokenId: jti, familyId: sid, issuedAt, expiresAt: exp, notBefore: nbf };
}
