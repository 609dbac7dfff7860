import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyFileError, keyFolderState, makeFirstKeyFile, makeKeyFile, readKeyFiles } from './key-files.js';
import { KeyRing } from './key-ring.js';

const newKey = (bits = 2_048): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
/** Made once: to make one takes a good part of a second. */
const [older, newer] = [newKey(), newKey()];
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the key ring', () => {
  it('signs with the newest key and verifies with every one', () => {
    const ring = new KeyRing([older, newer]);
    const [first, second] = ring.jwks.keys;
    expect(ring.signing).toEqual({ kid: first?.kid, privateKey: newer });
    expect(ring.publicKey(second?.kid ?? '')?.equals(createPublicKey(older))).toBe(true);
    expect(ring.publicKey('unknown')).toBeUndefined();
  });

  it('may sign with another key than the newest', () => {
    const ring = new KeyRing([older, newer], older);
    expect(ring.signing).toEqual({ kid: ring.jwks.keys[1]?.kid, privateKey: older });
    expect(() => new KeyRing([older], newer)).toThrow('needs a key to sign with');
    expect(() => new KeyRing([])).toThrow('needs a key to sign with');
  });

  it('tells when a key was taken away, and not when one was added', () => {
    const ring = new KeyRing([older]);
    ring.replace([older, newer], older);
    ring.replace([older, newer], newer);
    expect(ring.generation).toBe(0);
    ring.replace([newer], newer);
    expect(ring.generation).toBe(1);
    expect(ring.jwks.keys).toHaveLength(1);
  });

  it('publishes nothing but the public halves', () => {
    for (const jwk of new KeyRing([older, newer]).jwks.keys) {
      expect(Object.keys(jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      expect(jwk).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256', e: 'AQAB' });
      expect(jwk.kid).toMatch(/^[\w-]{43}$/);
    }
  });

  it('names keys by the thumbprint of RFC 7638, whatever file they are in', () => {
    expect(new KeyRing([createPrivateKey(pem(older))]).signing.kid).toBe(new KeyRing([older]).signing.kid);
  });
});

describe('key files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are made once, for nobody else to read', () => {
    const made = makeFirstKeyFile(join(folder, 'keys'), new Date('2026-01-02T03:04:05.678Z')) ?? '';
    expect(made).toBe(join(folder, 'keys', '2026-01-02T03-04-05-678Z.pem'));
    expect(statSync(made).mode & 0o777).toBe(0o600);
    expect(readFileSync(made, 'utf8')).toContain('BEGIN PRIVATE KEY');
    expect(makeFirstKeyFile(join(folder, 'keys'), new Date())).toBeUndefined();
    expect(readdirSync(join(folder, 'keys'))).toHaveLength(1);
  });

  it('are made again when asked, each under its time', () => {
    const times = ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.679Z'].map((text) => new Date(text));
    for (const time of times) makeKeyFile(folder, time);
    expect(readKeyFiles(folder).map(({ addedAt }) => addedAt)).toEqual(times);
    expect(() => makeKeyFile(folder, new Date(times[0] ?? 0))).toThrow('EEXIST');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('are as old as their names say, or else as the files', () => {
    const expected = {
      '2026-01-02.pem': '2026-01-02T00:00:00.000Z',
      '2026-01-02T03-04Z.pem': '2026-01-02T03:04:00.000Z',
    };
    for (const name of [...Object.keys(expected), '2026-99-99.pem', 'main.pem']) {
      writeFileSync(join(folder, name), pem(older));
      utimesSync(join(folder, name), 1_800_000_000, 1_800_000_000);
    }
    const ages = Object.fromEntries(readKeyFiles(folder).map(({ name, addedAt }) => [name, addedAt.toISOString()]));
    const written = new Date(1_800_000_000_000).toISOString();
    expect(ages).toEqual({ ...expected, '2026-99-99.pem': written, 'main.pem': written });
  });

  it('are seen to change', () => {
    const first = makeKeyFile(folder, new Date());
    const states = [keyFolderState(folder)];
    writeFileSync(join(folder, 'README.md'), 'not a key');
    expect(keyFolderState(folder)).toBe(states[0]);
    makeKeyFile(folder, new Date(Date.now() + 1_000));
    states.push(keyFolderState(folder));
    rmSync(first);
    states.push(keyFolderState(folder));
    expect(new Set(states).size).toBe(3);
  });

  it('are read in the order of their names', () => {
    const [january, march] = [older, newer];
    writeFileSync(join(folder, '2026-03-01.pem'), pem(march));
    writeFileSync(join(folder, '2026-01-01.pem'), pem(january));
    writeFileSync(join(folder, 'README.md'), 'not a key');
    expect(readKeyFiles(folder).map(({ privateKey }) => pem(privateKey))).toEqual([pem(january), pem(march)]);
  });

  const refusal = (): string => {
    try {
      readKeyFiles(folder);
    } catch (error) {
      if (error instanceof KeyFileError) return error.message;
      throw error;
    }
    throw new Error('The keys were read.');
  };

  it('that are missing, or not keys, are named along with the remedy', () => {
    expect(refusal()).toBe(`There is no *.pem file in KEYS_DIR "${folder}": run "make generate-keys".`);
    const file = join(folder, 'bad.pem');
    writeFileSync(file, 'not a key');
    expect(refusal()).toContain(`${file} cannot be read as a private key`);
    expect(refusal()).toContain('make generate-keys');
    writeFileSync(file, pem(newKey(1_024)));
    expect(refusal()).toContain(`${file} does not hold an RSA key of at least 2048 bits`);
    writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(refusal()).toContain(`${file} does not hold an RSA key`);
  });

  it('in a folder that is not there are asked for', () => {
    const missing = join(folder, 'nowhere');
    expect(() => readKeyFiles(missing)).toThrow(
      `KEYS_DIR "${missing}" cannot be read (ENOENT): run "make generate-keys".`,
    );
  });

  it('that may not be read are named', () => {
    const file = join(folder, 'locked.pem');
    writeFileSync(file, pem(older));
    chmodSync(file, 0o000);
    // The superuser may read everything.
    if (process.getuid?.() !== 0) expect(refusal()).toContain(`${file} cannot be read as a private key (EACCES)`);
  });
});
