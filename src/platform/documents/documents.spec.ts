import fc from 'fast-check';
import { type FaceMetrics, Lettering, REPLACEMENT } from './lettering.js';
import { wrap } from './paragraph.js';

const face = (characters: string, advance: number, weights: FaceMetrics['weights'] = ['regular']): FaceMetrics => {
  const codePoints = Uint32Array.from([...characters].map((character) => character.codePointAt(0) ?? 0));
  return { weights, codePoints, advances: Float32Array.from(codePoints, () => advance) };
};
const latin = face(`abcdefghijklmnopqrstuvwxyzABC 0123456789-/${REPLACEMENT}`, 500);
const cyrillic = face('абвгдеж ', 600);
const accents = face('\u0301', 0);
const lettering = new Lettering([latin, cyrillic, face('АB', 700, ['bold']), accents]);

describe('lettering', () => {
  it('draws each character with the first face that has it, and spaces with the face before them', () => {
    expect(lettering.letter('ab абв 1', 'regular')).toEqual({
      runs: [
        { face: 0, text: 'ab ', width: 1_500 },
        { face: 1, text: 'абв ', width: 2_400 },
        { face: 0, text: '1', width: 500 },
      ],
      isWhole: true,
      width: 4_400,
    });
    expect(lettering.letter('B', 'bold').runs).toEqual([{ face: 2, text: 'B', width: 700 }]);
  });

  it('shows what it lacks instead of leaving it out', () => {
    const { runs, isWhole } = lettering.letter('a日本🎉', 'regular');
    expect([runs, isWhole]).toEqual([[{ face: 0, text: `a${REPLACEMENT.repeat(3)}`, width: 2_000 }], false]);
    expect(lettering.letter('\ud800', 'regular').runs[0]?.text).toBe(REPLACEMENT);
  });

  it('takes a plain form where there is one', () => {
    const texts = ['Ａ\u202fb', 'é', 'e\u0301', '½'].map((text) => lettering.letter(text, 'regular'));
    expect(texts.map(({ runs }) => runs.map(({ text }) => text).join(''))).toEqual(['A b', 'e\u0301', 'e\u0301', '�']);
  });

  it('keeps to one line, and leaves out what is invisible by nature', () => {
    expect(lettering.letter(' a\r\n\tb\u200d\u00ad\u0007\ufe0f ', 'regular').runs).toEqual([
      { face: 0, text: 'a b', width: 1_500 },
    ]);
  });
});

describe('a paragraph', () => {
  const style = { weight: 'regular', size: 10 } as const;

  it.each([
    ['short', 'abc', ['abc']],
    ['of words', 'abc def ghi', ['abc def', 'ghi']],
    ['of one long word', 'abcdefghijklmnop', ['abcdefgh', 'ijklmnop']],
    ['with hyphens', 'abcdef-ghij', ['abcdef-', 'ghij']],
    ['of nothing', '', ['']],
  ])('is broken where it may be: %s', (_, text, lines) => {
    // Eight characters of half the size.
    expect(wrap(text, 40, style, lettering)).toEqual(lines);
  });

  it('loses no character, and has no line that is too wide', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab -/абe\u0301日') });
    fc.assert(
      fc.property(text, fc.integer({ min: 10, max: 80 }), (given, width) => {
        const lines = wrap(given, width, style, lettering);
        const plain = (value: string): string => value.replace(/ /g, '');
        expect(plain(lines.join(''))).toBe(plain(given));
        for (const line of lines)
          expect(lettering.widthOf(line, 'regular', 10)).toBeLessThanOrEqual(Math.max(width, 11));
      }),
    );
  });
});
