import { isIP } from 'node:net';

/**
 * One setting of the environment: how its text becomes a value, what it is without one, and what it is for.
 * `env.example` and the table in the README are generated from these.
 */
export interface Setting<T> {
  readonly fallback: T;
  readonly description: string;
  /** @throws {Error} with a message that says what is allowed */
  readonly parse: (text: string) => T;
}

/** Free text. */
export const text = (fallback: string, description: string): Setting<string> => ({
  fallback,
  description,
  parse: (value) => value,
});

/** Text that may be absent. */
export const optional = (description: string): Setting<string | undefined> => ({
  fallback: undefined,
  description,
  parse: (value) => value,
});

/** A whole number within bounds. */
export const integer = (fallback: number, min: number, max: number, description: string): Setting<number> => ({
  fallback,
  description,
  parse: (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  },
});

/** `true`/`false`, `on`/`off`, `1`/`0`, `yes`/`no`. */
export const flag = (fallback: boolean, description: string): Setting<boolean> => ({
  fallback,
  description,
  parse: (value) => {
    const word = value.toLowerCase();
    if (['true', 'on', '1', 'yes'].includes(word)) return true;
    if (['false', 'off', '0', 'no'].includes(word)) return false;
    throw new Error('must be true or false');
  },
});

/** One of a few words. */
export const choice = <const T extends string>(
  fallback: T,
  options: readonly T[],
  description: string,
): Setting<T> => ({
  fallback,
  description: `${description} One of: ${options.join(', ')}.`,
  parse: (value) => {
    const found = options.find((option) => option === value);
    if (found === undefined) throw new Error(`must be one of ${options.join(', ')}`);
    return found;
  },
});

function wordsOf(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Origins (RFC 6454) separated by commas, or `*`; an empty text is an empty list. */
export const origins = (description: string): Setting<readonly string[]> => ({
  fallback: [],
  description,
  parse: (value) => {
    const words = wordsOf(value);
    for (const word of words) {
      // A browser sends the origin as URL writes it, and it is compared as text.
      if (word === '*' || (URL.canParse(word) && new URL(word).origin === word)) continue;
      throw new Error(`must be * or origins such as https://shop.example, separated by commas, and "${word}" is not`);
    }
    return words;
  },
});

/** A currency in use, by its ISO 4217 code. */
export const currency = (fallback: string, description: string): Setting<string> => ({
  fallback,
  description,
  parse: (value) => {
    if (Intl.supportedValuesOf('currency').includes(value)) return value;
    throw new Error('must be the ISO 4217 code of a currency, such as USD');
  },
});

/** Names of ranges that every network has, as Fastify's trustProxy knows them. */
const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

function isRange(text: string): boolean {
  if (NAMED_RANGES.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Comma-separated IP addresses and ranges (CIDR, or one of three names). */
export const ranges = (description: string): Setting<readonly string[]> => ({
  fallback: [],
  description,
  parse: (value) => {
    const words = wordsOf(value);
    const wrong = words.find((word) => !isRange(word));
    if (wrong !== undefined) {
      throw new Error(`must be IP addresses, CIDRs or ${NAMED_RANGES.join(', ')}, and "${wrong}" is none`);
    }
    return words;
  },
});

const REGIONS = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** A country by its ISO 3166-1 alpha-2 code, or nothing. */
export const optionalCountry = (description: string): Setting<string | undefined> => ({
  fallback: undefined,
  description,
  parse: (value) => {
    if (/^[A-Z]{2}$/.test(value) && value !== 'ZZ' && REGIONS.of(value) !== undefined) return value;
    throw new Error('must be the ISO 3166-1 code of a country, such as DE');
  },
});

/** Names of files separated by commas; an empty text is an empty list. */
export const files = (description: string): Setting<readonly string[]> => ({
  fallback: [],
  description,
  parse: wordsOf,
});

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isReturnUrl(word: string): boolean {
  if (!URL.canParse(word)) return false;
  const { protocol, hostname, username, password } = new URL(word);
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  return safe && username === '' && password === '' && !word.includes('#') && word.startsWith(`${protocol}//`);
}

/** Pages that browsers may be sent to, separated by commas; an empty text is an empty list. */
export const returnUrls = (description: string): Setting<readonly string[]> => ({
  fallback: [],
  description,
  parse: (value) => {
    const words = wordsOf(value);
    const wrong = words.find((word) => !isReturnUrl(word));
    if (wrong !== undefined) {
      throw new Error(`must be https URLs without a fragment (http on this machine alone), and "${wrong}" is none`);
    }
    return words;
  },
});

/** A URL with one of the given protocols, or nothing. */
export const optionalUrl = (protocols: readonly string[], description: string): Setting<string | undefined> => ({
  fallback: undefined,
  description,
  parse: (value) => {
    const allowed = protocols.map((protocol) => `${protocol}://`).join(' or ');
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol.slice(0, -1))) {
      throw new Error(`must be a URL that starts with ${allowed}`);
    }
    return value;
  },
});
