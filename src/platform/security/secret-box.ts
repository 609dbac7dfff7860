import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { readSecretsKey } from './secrets-key.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D, sections 5.2.1.1 and 5.2.1.2: an IV of 96 bits, and the full tag of 128. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Comes first in a box, so that another way of sealing can be told from this one. */
const VERSION = 1;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

/** What a secret is kept for and whose it is: a box opens for the same two alone, so none can be put in another's place. */
export interface SecretUse {
  readonly purpose: string;
  readonly owner: string;
}

/**
 * Encrypts the secrets that the application has to read again, so that a copy of the database alone gives none away.
 * Each purpose has a key of its own, derived from `secrets.key` (HKDF, RFC 5869).
 */
@Injectable()
export class SecretBox {
  private readonly keys = new Map<string, Buffer>();

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** @throws {KeyFileError} where there is no `secrets.key` */
  seal({ purpose, owner }: SecretUse, secret: Uint8Array): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.keyOf(purpose), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]);
  }

  /** @throws {Error} where the box was made for another use, under another key, or has been changed */
  open({ purpose, owner }: SecretUse, box: Buffer): Buffer {
    if (box[0] !== VERSION || box.length < HEADER_BYTES) throw new Error('This is not a sealed secret.');
    const iv = box.subarray(1, 1 + IV_BYTES);
    const decipher = createDecipheriv(CIPHER, this.keyOf(purpose), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(box.subarray(1 + IV_BYTES, HEADER_BYTES));
    return Buffer.concat([decipher.update(box.subarray(HEADER_BYTES)), decipher.final()]);
  }

  /**
   * A key of 32 bytes for a purpose of its own, the same for all processes that share the folder of keys.
   * @throws {KeyFileError} where there is no `secrets.key`
   */
  derive(purpose: string): Buffer {
    return this.keyOf(purpose);
  }

  /** The file is read when a secret is first sealed or opened: a shop that keeps none needs no key. */
  private keyOf(purpose: string): Buffer {
    const known = this.keys.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', readSecretsKey(this.config.KEYS_DIR), '', purpose, KEY_BYTES));
    this.keys.set(purpose, key);
    return key;
  }
}
