import type { Lettering, Weight } from './lettering.js';

export interface TextStyle {
  readonly weight: Weight;
  readonly size: number;
}

// After a space, a hyphen, a dash or a slash, and on both sides of what is written without spaces.
const OPPORTUNITY =
  /(?<=[\s\-\u2010\u2013\u2014/])|(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])|(?=[\p{Script=Han}])/u;
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Breaks a text into lines no wider than so many points: between words, and within those that are too long alone. */
export function wrap(text: string, width: number, { weight, size }: TextStyle, lettering: Lettering): string[] {
  const fits = (line: string): boolean => lettering.widthOf(line, weight, size) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(OPPORTUNITY)) {
    if (fits(line + word)) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    if (fits(word)) continue;
    const pieces = cut(word, fits);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line].map((each) => each.trim());
}

/** A character that is wider than the line stands alone on it. */
function cut(word: string, fits: (line: string) => boolean): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of characters.segment(word)) {
    if (piece !== '' && !fits(piece + segment)) {
      pieces.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...pieces, piece];
}
