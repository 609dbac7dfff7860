/** About how many products have a word, anywhere and in their titles; null where no product is known to. */
export interface Frequency {
  readonly products: number | null;
  readonly titles: number | null;
}

/** A word of what is searched. */
export interface SearchWord extends Frequency {
  readonly word: string;
  /** Of all words that begin so taken together, where it is the last. */
  readonly begun: Frequency | null;
}

/** A word in place of one that no product has. */
export interface Alternative extends Frequency {
  readonly word: string;
}

/**
 * How the words of a search are taken, which depends on what words there are. A cursor keeps it, so that a walk goes on
 * as it began.
 */
export interface Reading {
  /** The last word is meant whole: enough products have it as it stands. */
  readonly whole: boolean;
  /** What words may mean besides themselves, by their places. */
  readonly alternatives: ReadonlyMap<number, readonly Alternative[]>;
}

/** A search as its statements need it. */
export interface Search {
  /** What was asked for, as it came. */
  readonly text: string;
  /** That text folded as the keys of the entries are: lower case, without accents, words parted by single spaces. */
  readonly key: string;
  /** All words, as the text of a tsquery; empty where there are none. */
  readonly tsquery: string;
  /** The reading, as cursors keep it. */
  readonly reading: string;
  /** The shares of all products that have all words, anywhere and in the title, as if words knew nothing of each other. */
  readonly share: { readonly anywhere: number; readonly title: number };
  /** The shares of each of the words anywhere, added up: how much the index of words has to tell. */
  readonly told: number;
}

/** A word of fewer letters matches whole words alone: what begins with one or two letters is no search, but a letter. */
export const SHORTEST_PREFIX = 3;

/** A last word that as many products have as it stands is not looked for as the beginning of others. */
const MEANT_WHOLE = 1_000;

/** No more words of a search are corrected, and none by more than so many others. */
const MOST_CORRECTED = 3;
export const MOST_ALTERNATIVES = 3;

/** Lexemes are cut to this many characters. */
const LONGEST_WORD = 64;

/** Words of fewer letters, of more, or with digits are meant as they stand. */
const CORRECTABLE = /^\P{Nd}{4,24}$/u;

/** The words that could be corrected, by their places: those that no product has or begins with. */
export function unknownWords(words: readonly SearchWord[]): Map<number, string> {
  const isUnknown = ({ word, products, begun }: SearchWord): boolean =>
    CORRECTABLE.test(word) && products === null && (begun?.products ?? null) === null;
  const unknown = [...words.entries()].filter(([, word]) => isUnknown(word)).slice(0, MOST_CORRECTED);
  return new Map(unknown.map(([place, { word }]) => [place, word]));
}

/** How the words of a new search are taken. */
export function readingOf(words: readonly SearchWord[], alternatives: Reading['alternatives'] = new Map()): Reading {
  return { whole: (words.at(-1)?.products ?? 0) >= MEANT_WHOLE, alternatives };
}

const quoted = (word: string): string => `'${word.slice(0, LONGEST_WORD).replace(/['\\]/g, '$&$&')}'`;

/** What stands for one word of a search: a part of a tsquery, and whatever of it may be the most frequent. */
interface Term {
  readonly text: string;
  readonly meanings: readonly (Frequency | null)[];
}

function termOf(word: SearchWord, goesOn: boolean, alternatives: readonly Alternative[]): Term {
  const own = goesOn ? `${quoted(word.word)}:*` : quoted(word.word);
  const meanings = [word, ...(goesOn ? [word.begun] : []), ...alternatives];
  // The word itself stays beside its alternatives: a product may have come with it just now.
  const texts = [own, ...alternatives.map((alternative) => quoted(alternative.word))];
  return { text: alternatives.length === 0 ? own : `(${texts.join(' | ')})`, meanings };
}

/** @param all products in the catalogue */
function sharesOf(terms: readonly Term[], kind: keyof Frequency, all: number): number[] {
  const most = ({ meanings }: Term): number => Math.max(0, ...meanings.map((meaning) => meaning?.[kind] ?? 0));
  return terms.map((term) => (all === 0 ? 0 : Math.min(1, most(term) / all)));
}

const allOf = (shares: readonly number[]): number =>
  shares.length === 0 ? 0 : shares.reduce((product, share) => product * share, 1);

/** Makes the search for all words of a text, the last of which may go on. */
export function searchOf(
  text: string,
  key: string,
  words: readonly SearchWord[],
  reading: Reading,
  all: number,
): Search {
  const terms = words.map((word, place) => {
    const goesOn = place === words.length - 1 && !reading.whole && [...word.word].length >= SHORTEST_PREFIX;
    return termOf(word, goesOn, reading.alternatives.get(place) ?? []);
  });
  const tsquery = [...new Set(terms.map((term) => term.text))].join(' & ');
  const anywhere = sharesOf(terms, 'products', all);
  const share = { anywhere: allOf(anywhere), title: allOf(sharesOf(terms, 'titles', all)) };
  const told = anywhere.reduce((sum, one) => sum + one, 0);
  return { text, key, tsquery, reading: writeReading(reading), share, told };
}

function writeReading({ whole, alternatives }: Reading): string {
  const parts = [...alternatives].map(([place, words]) => `${place}:${words.map(({ word }) => word).join('|')}`);
  return `${whole ? '=' : ''}${parts.join(',')}`;
}

const READING = /^=?(?:\d{1,3}:[^\s,:|]{1,32}(?:\|[^\s,:|]{1,32}){0,2}(?:,(?!$)|$)){0,3}$/u;

/** Whether a text can be the reading of a cursor. */
export function isReading(text: string): boolean {
  return text.length <= 500 && READING.test(text);
}

/** Reads what {@link isReading} has let through. A cursor does not tell how frequent the words are. */
export function readReading(text: string): Reading {
  const whole = text.startsWith('=');
  const rest = whole ? text.slice(1) : text;
  const parts = rest === '' ? [] : rest.split(',').map((part) => part.split(':'));
  const alternatives = parts.map(([place, words]) => {
    return [Number(place), (words ?? '').split('|').map((word) => ({ word, products: null, titles: null }))] as const;
  });
  return { whole, alternatives: new Map(alternatives) };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/**
 * Texts one slip away from a word (Damerau, 1964): a letter left out, doubled or wrong, or two neighbours exchanged.
 * Trigrams alone miss these in short words.
 */
export function slipsOf(word: string): string[] {
  const letters = [...word];
  const slips = new Set<string>();
  for (let at = 0; at <= letters.length; at += 1) {
    const [before, after] = [letters.slice(0, at), letters.slice(at)];
    const [first, second, ...rest] = after;
    if (first !== undefined) slips.add([...before, ...after.slice(1)].join(''));
    if (first !== undefined && second !== undefined) slips.add([...before, second, first, ...rest].join(''));
    for (const letter of LETTERS) {
      slips.add([...before, letter, ...after].join(''));
      if (first !== undefined) slips.add([...before, letter, ...after.slice(1)].join(''));
    }
  }
  slips.delete(word);
  return [...slips];
}
