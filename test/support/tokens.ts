import { constants, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testKeysDir } from './keys.js';

type Json = Readonly<Record<string, unknown>>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (segment: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(segment ?? '', 'base64url').toString('utf8'));

/** The key that applications under test sign with. */
export function serverKey(): KeyObject {
  const folder = testKeysDir();
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith('.pem'))
    .sort()
    .at(-1);
  return createPrivateKey(readFileSync(join(folder, newest ?? '')));
}

/** What anybody can read off a token. */
export function readToken(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = token.split('.');
  return { header: decode(header), claims: decode(claims) };
}

export type Signer = (input: Buffer) => Buffer;

/** RS256 with any key. */
export const rs256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', input, { key, padding: constants.RSA_PKCS1_PADDING });

/** The public key in PEM: what a confused verifier would take for an HMAC secret. */
export const publicPem = (): Buffer =>
  Buffer.from(createPublicKey(serverKey()).export({ type: 'spki', format: 'pem' }).toString());

/** A token like another, with parts of its header and claims replaced (undefined removes one), signed by anybody. */
export function forge(genuine: string, header: Json, claims: Json, signer: Signer): string {
  const parts = readToken(genuine);
  const input = `${encode({ ...parts.header, ...header })}.${encode({ ...parts.claims, ...claims })}`;
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`;
}
