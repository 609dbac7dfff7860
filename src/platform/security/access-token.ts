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

/**
 * The media type of access tokens (RFC 9068, section 2.1): no other JWT of ours can be taken for one (RFC 8725, sections
 * 3.11 and 3.12). RFC 9068, section 4, would also let `application/at+jwt` pass, which nobody issues here.
 */
export const TOKEN_TYPE = 'at+jwt';

/**
 * The `client_id` that RFC 9068, section 2.2, requires: the shop itself is the one client that logs people in. No `sub`
 * can be mistaken for it (section 5), since those are UUIDs. Nothing is decided by it, so it is not read back.
 */
export const CLIENT_ID = 'tradepost';

const HEADER_NAMES = new Set(['alg', 'typ', 'kid']);

/**
 * The `kid` of a token whose header could be one of ours, before its signature is looked at. The algorithm is ours to
 * say, not the token's (RFC 8725, section 3.1). Ours have three members; any other (jku, x5u, jwk and x5c would bring a
 * key along, section 3.10; crit an extension, RFC 7515, section 4.1.11) is refused without being understood.
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

/**
 * Reads the claims of a token whose signature, issuer and audience are right; undefined where one is not as it must be.
 * RFC 9068, section 2.2, has `sub`, `jti`, `iat` and `exp` in every access token; RFC 7519, section 2, makes times
 * numbers, and numbers past 2^53 would never expire.
 */
export function readClaims(claims: unknown): AccessToken | undefined {
  if (!isObject(claims)) return undefined;
  const { sub, jti, sid, role, exp, iat, iat_us: issuedAt, nbf } = claims;
  if (!isId(sub) || !isId(jti) || !isId(sid) || !isRole(role)) return undefined;
  if (!isInstant(exp) || !isInstant(iat) || !isInstant(issuedAt)) return undefined;
  if (nbf !== undefined && !isInstant(nbf)) return undefined;
  return { userId: sub, role, tokenId: jti, familyId: sid, issuedAt, expiresAt: exp, notBefore: nbf };
}
