import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/**
 * The RSA keys of access tokens. The last one signs; every one of them verifies, so that tokens outlive a change of
 * keys. Kept as `KeyObject`s: from PEM text each signature would parse the key again, three times the cost.
 */
export class KeyRing {
  readonly signing: SigningKey;
  /** The public keys, newest first (RFC 7517, section 5). */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  private readonly publicKeys = new Map<string, KeyObject>();

  /** @param privateKeys RSA keys, the newest last; at least one */
  constructor(privateKeys: readonly KeyObject[]) {
    const jwks: PublicJwk[] = [];
    let signing: SigningKey | undefined;
    for (const privateKey of privateKeys) {
      const publicKey = createPublicKey(privateKey);
      const jwk = toJwk(publicKey);
      this.publicKeys.set(jwk.kid, publicKey);
      jwks.unshift(jwk);
      signing = { kid: jwk.kid, privateKey };
    }
    if (signing === undefined) throw new Error('A key ring needs at least one key.');
    this.signing = signing;
    this.jwks = { keys: jwks };
  }

  /** The key of a `kid`, if it is one of ours. */
  publicKey(kid: string): KeyObject | undefined {
    return this.publicKeys.get(kid);
  }
}

function toJwk(publicKey: KeyObject): PublicJwk {
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return { kty: 'RSA', use: 'sig', alg: 'RS256', kid: thumbprint(n, e), n, e };
}

/** RFC 7638, section 3: SHA-256 over the required members in lexicographic order, without white space. */
function thumbprint(n: string, e: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
}
