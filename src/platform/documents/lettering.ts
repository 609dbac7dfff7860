export type Weight = 'regular' | 'bold';

/** What a font file has, so far as widths are concerned. */
export interface FaceMetrics {
  /** The weights that it serves. */
  readonly weights: readonly Weight[];
  readonly codePoints: Uint32Array;
  /** Advance widths of these, in thousandths of the size. */
  readonly advances: Float32Array;
}

/** A piece of text that one face can draw. */
export interface Run {
  readonly face: number;
  readonly text: string;
  /** In thousandths of the size. */
  readonly width: number;
}

export interface Lettered {
  readonly runs: readonly Run[];
  /** Whether every visible character is drawn as it is, or in a form that means the same. */
  readonly isWhole: boolean;
  /** In thousandths of the size. */
  readonly width: number;
}

interface Glyph {
  readonly face: number;
  readonly advance: number;
}

/** What stands for a character that no face has. */
export const REPLACEMENT = '\u{fffd}';

// Control characters, and what Unicode means to be invisible where it is not understood.
const INVISIBLE = /[\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;

/** Knows which face draws which character, and how wide it is. */
export class Lettering {
  private readonly glyphs: Readonly<Record<Weight, ReadonlyMap<number, readonly Glyph[]>>>;

  /** @param faces in the order of preference; their numbers are those of the runs */
  constructor(faces: readonly FaceMetrics[]) {
    this.glyphs = { regular: glyphsOf(faces, 'regular'), bold: glyphsOf(faces, 'bold') };
  }

  /**
   * A text as the runs that draw it: composed (NFC), on one line, without what is invisible. What no face has becomes
   * its plain form where there is one (NFKC: `Ａ` is `A`), else {@link REPLACEMENT}, so that nothing goes missing unseen.
   */
  letter(text: string, weight: Weight): Lettered {
    const runs: { face: number; text: string; width: number }[] = [];
    let width = 0;
    let isWhole = true;
    for (const character of tidy(text)) {
      const form = this.drawable(character, weight);
      if (form === undefined) isWhole = false;
      for (const drawn of form ?? REPLACEMENT) {
        const last = runs.at(-1);
        const glyph = this.glyph(drawn, weight, last?.face);
        if (glyph === undefined) continue;
        width += glyph.advance;
        if (last?.face === glyph.face) {
          last.text += drawn;
          last.width += glyph.advance;
        } else {
          runs.push({ face: glyph.face, text: drawn, width: glyph.advance });
        }
      }
    }
    return { runs, isWhole, width };
  }

  /** The width of a text in points. */
  widthOf(text: string, weight: Weight, size: number): number {
    return (this.letter(text, weight).width * size) / 1_000;
  }

  private drawable(character: string, weight: Weight): string | undefined {
    if (this.glyph(character, weight, undefined) !== undefined) return character;
    const forms = [character.normalize('NFKC'), character.normalize('NFD')];
    return forms.find((form) => [...form].every((each) => this.glyph(each, weight, undefined) !== undefined));
  }

  /** The face of the characters before goes on as long as it can: words and their spaces stay in one run. */
  private glyph(character: string, weight: Weight, face: number | undefined): Glyph | undefined {
    const glyphs = this.glyphs[weight].get(character.codePointAt(0) ?? 0);
    return glyphs?.find((glyph) => glyph.face === face) ?? glyphs?.[0];
  }
}

/** Most texts are words of ASCII, and tidy already. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

function tidy(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').replace(INVISIBLE, '').trim();
}

function glyphsOf(faces: readonly FaceMetrics[], weight: Weight): ReadonlyMap<number, readonly Glyph[]> {
  const glyphs = new Map<number, Glyph[]>();
  for (const [face, { weights, codePoints, advances }] of faces.entries()) {
    if (!weights.includes(weight)) continue;
    for (const [index, codePoint] of codePoints.entries()) {
      const known = glyphs.get(codePoint) ?? [];
      known.push({ face, advance: advances[index] ?? 0 });
      glyphs.set(codePoint, known);
    }
  }
  return glyphs;
}
