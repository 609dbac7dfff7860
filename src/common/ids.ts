import { randomFillSync } from 'node:crypto';

const POOL = Buffer.alloc(1_000);
let used = POOL.length;
let lastMillisecond = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562, section 5.7): ids made later sort later, within one process even inside one millisecond
 * (section 6.2, method 1: the 12 bits of rand_a are a counter).
 */
export function newId(now: number = Date.now()): string {
  if (now > lastMillisecond) {
    lastMillisecond = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMillisecond += 1;
    counter = 0;
  }
  if (used + 8 > POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  const random = POOL.subarray(used, used + 8).toString('hex');
  used += 8;
  const time = lastMillisecond.toString(16).padStart(12, '0');
  const variant = ((Number.parseInt(random.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
  const sequence = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
}

/** Whether a text has the shape of a UUID of any version, in lower or upper case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
