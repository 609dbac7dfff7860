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

interface Contents {
  readonly signing: SigningKey;
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
}

/**
 * The RSA keys of access tokens. One of them signs; every one of them verifies, so that tokens outlive a change of
 * keys. Kept as `KeyObject`s: from PEM text each signature would parse the key again, three times the cost.
 */
export class KeyRing {
  private contents: Contents;
  private takenAway = 0;

  /**
   * @param privateKeys RSA keys, the newest last; at least one
   * @param signing the one of them that signs; the newest, unless another is named
   */
  constructor(privateKeys: readonly KeyObject[], signing?: KeyObject) {
    this.contents = fill(privateKeys, signing);
  }

  get signing(): SigningKey {
    return this.contents.signing;
  }

  /** The public keys, newest first (RFC 7517, section 5). */
  get jwks(): { readonly keys: readonly PublicJwk[] } {
    return this.contents.jwks;
  }

  /** Rises whenever a key is taken away: what was verified until then may be void. */
  get generation(): number {
    return this.takenAway;
  }

  /** The key of a `kid`, if it is one of ours. */
  publicKey(kid: string): KeyObject | undefined {
    return this.contents.publicKeys.get(kid);
  }

  /** Puts other keys in the place of all. */
  replace(privateKeys: readonly KeyObject[], signing: KeyObject): void {
    const before = this.contents.publicKeys;
    this.contents = fill(privateKeys, signing);
    const kept = this.contents.publicKeys;
    if ([...before.keys()].some((kid) => !kept.has(kid))) this.takenAway += 1;
  }
}

function fill(privateKeys: readonly KeyObject[], signing = privateKeys.at(-1)): Contents {
  const keys = privateKeys.map((privateKey) => {
    const publicKey = createPublicKey(privateKey);
    return { privateKey, publicKey, jwk: toJwk(publicKey) };
  });
  const signer = keys.find(({ privateKey }) => privateKey === signing);
  if (signer === undefined) throw new Error('A key ring needs a key to sign with.');
  return {
    signing: { kid: signer.jwk.kid, privateKey: signer.privateKey },
    jwks: { keys: keys.map(({ jwk }) => jwk).reverse() },
    publicKeys: new Map(keys.map(({ jwk, publicKey }) => [jwk.kid, publicKey])),
  };
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
