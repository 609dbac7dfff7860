import { randomBytes } from 'node:crypto';

/** Random bytes are drawn for so many ids at once. */
const DRAWN = 250;
/** Hexadecimal digits of the random part of an id. */
const RANDOM = 16;
/** … and of one for the past, which has no counter. */
const PAST_RANDOM = 19;

let digits = '';
let used = 0;
let lastMillisecond = 0;
let time = '';
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562, section 5.7): ids made later sort later, within one process even inside one millisecond
 * (section 6.2, method 1: the 12 bits of rand_a are a counter). Cheap: every request is given one.
 */
export function newId(now: number = Date.now()): string {
  if (now > lastMillisecond) startMillisecond(now);
  else if (++counter > 0xfff) startMillisecond(lastMillisecond + 1);
  const at = draw(RANDOM);
  const variant = '89ab'.charAt(Number.parseInt(digits.charAt(at), 16) & 0x3);
  const sequence = (0x7000 | counter).toString(16);
  return `${time}${sequence}-${variant}${digits.slice(at + 1, at + 4)}-${digits.slice(at + 4, at + RANDOM)}`;
}

/** Where so many random digits that nobody has had yet begin. */
function draw(count: number): number {
  if (used + count > digits.length) {
    digits = randomBytes((DRAWN * RANDOM) / 2).toString('hex');
    used = 0;
  }
  const at = used;
  used += count;
  return at;
}

function startMillisecond(millisecond: number): void {
  const text = millisecond.toString(16).padStart(12, '0');
  lastMillisecond = millisecond;
  time = `${text.slice(0, 8)}-${text.slice(8)}-`;
  counter = 0;
}

/** When a UUIDv7 of {@link newId} was made, by the clock of the machine. */
export function momentOf(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** Whether a text has the shape of a UUID of any version, in lower or upper case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/**
 * A UUIDv7 for what happened at a moment in the past, so that it sorts there. Unlike those of {@link newId}, ids of one
 * millisecond have no order among them.
 */
export function pastId(moment: Date): string {
  const time = Math.max(moment.getTime(), 0).toString(16).padStart(12, '0');
  const at = draw(PAST_RANDOM);
  const random = digits.slice(at, at + PAST_RANDOM);
  const variant = '89ab'.charAt(Number.parseInt(random.charAt(3), 16) & 0x3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}
