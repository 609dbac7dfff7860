import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../config/config.js';
import { KeyFileError } from './key-files.js';
import { SecretBox } from './secret-box.js';
import { makeSecretsKey, readSecretsKey } from './secrets-key.js';

const use = { purpose: 'test', owner: 'ada' };
const secret = Buffer.from('a secret that is kept');

describe('secrets at rest', () => {
  let folder: string;
  const box = (): SecretBox => new SecretBox(parseConfig({ KEYS_DIR: folder }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tradepost-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are read again by whoever has the key, and look different each time', () => {
    makeSecretsKey(folder);
    const [first, second] = [box().seal(use, secret), box().seal(use, secret)];
    expect(box().open(use, first)).toEqual(secret);
    expect(first.equals(second)).toBe(false);
    expect(first.includes(secret)).toBe(false);
  });

  it.each([
    ['another owner', { ...use, owner: 'grace' }],
    ['another purpose', { ...use, purpose: 'other' }],
  ])('do not open for %s', (_, other) => {
    makeSecretsKey(folder);
    const sealed = box().seal(use, secret);
    expect(() => box().open(other, sealed)).toThrow();
  });

  it('do not open when a bit of them was changed, wherever', () => {
    makeSecretsKey(folder);
    const sealed = box().seal(use, secret);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => box().open(use, changed)).toThrow();
    }
    expect(() => box().open(use, sealed.subarray(0, 20))).toThrow();
  });

  it('do not open under another key', () => {
    makeSecretsKey(folder);
    const sealed = box().seal(use, secret);
    rmSync(join(folder, 'secrets.key'));
    makeSecretsKey(folder);
    expect(() => box().open(use, sealed)).toThrow();
  });

  it('have a key that its owner alone may read, and that is never made anew', () => {
    const file = makeSecretsKey(folder);
    const key = readSecretsKey(folder);
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
    expect(makeSecretsKey(folder)).toBeUndefined();
    expect(readSecretsKey(folder)).toEqual(key);
  });

  it('cannot be kept without a key, and the message says what to do', () => {
    expect(() => box().seal(use, secret)).toThrow(KeyFileError);
    expect(() => box().seal(use, secret)).toThrow('make generate-keys');
    writeFileSync(join(folder, 'secrets.key'), 'c2hvcnQ=');
    expect(() => box().seal(use, secret)).toThrow('32 bytes');
  });
});
