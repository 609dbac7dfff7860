import { randomFillSync } from 'node:crypto';

const POOL = Buffer.alloc(1_024);
/** Hexadecimal digits of the pool, and how many of them are used. */
let digits = '';
let used = 0;
let lastMillisecond = 0;
/** The first 48 bits of an id of that millisecond. */
let time = '';
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562, section 5.7): ids made later sort later, within one process even inside one millisecond
 * (section 6.2, method 1: the 12 bits of rand_a are a counter).
 */
export function newId(now: number = Date.now()): string {
  if (now > lastMillisecond) enter(now);
  else if (++counter > 0xfff) enter(lastMillisecond + 1);
  if (used === digits.length) {
    digits = randomFillSync(POOL).toString('hex');
    used = 0;
  }
  const variant = VARIANT[((POOL[used >> 1] ?? 0) >> 4) & 0x3];
  const random = `${variant}${digits.slice(used + 1, used + 4)}-${digits.slice(used + 4, used + 16)}`;
  used += 16;
  return `${time}-7${counter.toString(16).padStart(3, '0')}-${random}`;
}

const VARIANT = '89ab';

function enter(millisecond: number): void {
  lastMillisecond = millisecond;
  counter = 0;
  const text = millisecond.toString(16).padStart(12, '0');
  time = `${text.slice(0, 8)}-${text.slice(8)}`;
}

/** Whether a text has the shape of a UUID of any version, in lower or upper case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
