const SECRET = /authorization|cookie|apikey|token|password|passwd|secret|email|creditcard|cardnumber|cvc/;
/** Logged objects are shallow; what nests deeper than this is not looked into, and not logged. */
const DEPTH = 5;
const HIDDEN = '[redacted]';

const verdicts = new Map<string, boolean>();

/** Whether a field of this name holds a secret or personal data, however it is written. */
export function isSecretName(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = SECRET.test(name.toLowerCase().replace(/[^a-z]/g, ''));
  // Field names come from the code; the bound is for the case that some come from a client.
  if (verdicts.size < 1_000) verdicts.set(name, verdict);
  return verdict;
}

/** A copy of an object to be logged, without its secrets. Errors and other class instances are kept as they are. */
export function redact(fields: Readonly<Record<string, unknown>>, depth = DEPTH): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    copy[key] = isSecretName(key) && value !== undefined ? HIDDEN : redactValue(value, depth);
  }
  return copy;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return depth === 0 ? '[…]' : value.map((item) => redactValue(item, depth - 1));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return depth === 0 ? '{…}' : redact(value as Record<string, unknown>, depth - 1);
}

/** Where `q` searches things; elsewhere it searches people, by their names and addresses. */
const SEARCHES_THINGS = /^\/api\/products(\/|$)/;

/** A request's path and query without the values of parameters that may be secret or personal. */
export function redactUrl(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const hidden = SEARCHES_THINGS.test(url.slice(0, start)) ? ['code'] : ['code', 'q'];
  const parts = url
    .slice(start + 1)
    .split('&')
    .map((part) => {
      const name = part.split('=', 1)[0] ?? part;
      return isSecretName(decode(name)) || hidden.includes(decode(name)) ? `${name}=${HIDDEN}` : part;
    });
  return `${url.slice(0, start)}?${parts.join('&')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
