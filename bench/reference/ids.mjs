import { randomFillSync } from 'node:crypto';

const BYTES_PER_ID = 10;
const pool = Buffer.alloc(BYTES_PER_ID * 800);
let used = pool.length;

/** A UUIDv7 (RFC 9562 section 5.7); the random bytes of 800 ids are drawn at once. */
export function newId() {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + BYTES_PER_ID);
  const variant = '89ab'[(pool[used + 9] ?? 0) & 3];
  used += BYTES_PER_ID;
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}
