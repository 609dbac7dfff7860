import { isUuid } from '../../common/ids.js';

/** Letters that Unicode does not take apart into a base letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
};

const MAX_LENGTH = 80;

/** Words that are routes beside `/api/products/:slug`. */
const RESERVED: ReadonlySet<string> = new Set(['import', 'export', 'stock', 'low-stock']);

/** A name as part of an address: accents folded, everything but Latin letters and digits a hyphen; may be empty. */
export function slugify(name: string): string {
  const lower = name.toLowerCase();
  return (isAscii(lower) ? lower : folded(lower))
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-|-$/g, '');
}

function folded(lower: string): string {
  return lower
    .replace(/[ßæœøđðþłıħŋ]/g, (letter) => LETTERS[letter] ?? '')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/**
 * Slugs to try for a thing, best first; the last is unique for certain.
 * @param hint what tells it from others of the same name, such as its SKU
 * @param id its UUIDv7, whose end is random
 */
export function* slugCandidates(name: string, hint: string, id: string): Generator<string> {
  for (const slug of slugsOf(name, hint, id)) if (!isOtherwiseRead(slug)) yield slug;
}

function* slugsOf(name: string, hint: string, id: string): Generator<string> {
  const tail = id.slice(-12);
  const base = slugify(name) || slugify(hint);
  if (base === '') {
    yield tail;
    return;
  }
  yield base;
  // Mostly nobody asks for more than the first.
  const extra = slugify(hint);
  if (extra !== '') yield `${base}-${extra}`;
  yield `${base}-${tail}`;
}

/** Whether an address with this slug would be read as something else. */
function isOtherwiseRead(slug: string): boolean {
  return RESERVED.has(slug) || isUuid(slug);
}

/** Whether a text can be the slug of a product. */
export function canBeSlug(text: string): boolean {
  return isSlug(text) && !isOtherwiseRead(text);
}

/** Whether a text can be a slug at all. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,198}[a-z0-9])?$/.test(text);
}
