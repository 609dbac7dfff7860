/** A word of what is searched, and whether some product has it; the last counts as had where one begins with it. */
export interface SearchWord {
  readonly word: string;
  readonly known: boolean;
}

/** Words that stand in for words of a search that no product has, by their places in it. */
export type Corrections = ReadonlyMap<number, readonly string[]>;

/** A search as its statements need it. */
export interface Search {
  /** What was asked for, as it came. */
  readonly text: string;
  /** That text folded as the keys of the entries are: lower case, without accents, words parted by single spaces. */
  readonly key: string;
  /** All words, as the text of a tsquery; empty where there are none. */
  readonly tsquery: string;
  /** The corrections, as cursors keep them; empty where there are none. */
  readonly corrections: string;
}

/** A word of fewer letters matches whole words alone: what begins with one or two letters is no search, but a letter. */
export const SHORTEST_PREFIX = 3;

/** No more words of a search are corrected, and none by more than so many others. */
const MOST_CORRECTED = 3;
export const MOST_ALTERNATIVES = 3;

/** Lexemes are cut to this many characters. */
const LONGEST_WORD = 64;

const NO_CORRECTIONS: Corrections = new Map();

/** The words that could be corrected, by their places. */
export function unknownWords(words: readonly SearchWord[]): Map<number, string> {
  const unknown = [...words.entries()].filter(([, { known }]) => !known).slice(0, MOST_CORRECTED);
  return new Map(unknown.map(([place, { word }]) => [place, word]));
}

const quoted = (word: string): string => `'${word.slice(0, LONGEST_WORD).replace(/['\\]/g, '$&$&')}'`;

/** Makes the search for all words of a text, the last of which may go on. */
export function searchOf(
  text: string,
  key: string,
  words: readonly SearchWord[],
  corrections: Corrections = NO_CORRECTIONS,
): Search {
  const terms = words.map(({ word }, place) => {
    const goesOn = place === words.length - 1 && [...word].length >= SHORTEST_PREFIX;
    const term = goesOn ? `${quoted(word)}:*` : quoted(word);
    const alternatives = corrections.get(place) ?? [];
    // The word itself stays: a product may have come with it just now.
    return alternatives.length === 0 ? term : `(${[term, ...alternatives.map(quoted)].join(' | ')})`;
  });
  return { text, key, tsquery: [...new Set(terms)].join(' & '), corrections: writeCorrections(corrections) };
}

function writeCorrections(corrections: Corrections): string {
  return [...corrections].map(([place, words]) => `${place}:${words.join('|')}`).join(',');
}

const CORRECTIONS = /^(?:\d{1,3}:[^\s,:|]{1,32}(?:\|[^\s,:|]{1,32}){0,2}(?:,(?!$)|$)){0,3}$/u;

/** Whether a text can be the corrections of a cursor. */
export function areCorrections(text: string): boolean {
  return text.length <= 500 && CORRECTIONS.test(text);
}

/** Reads the corrections of a cursor that {@link areCorrections} has let through. */
export function readCorrections(text: string): Corrections {
  if (text === '') return NO_CORRECTIONS;
  return new Map(
    text.split(',').map((part) => {
      const [place, words] = part.split(':');
      return [Number(place), (words ?? '').split('|')];
    }),
  );
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
