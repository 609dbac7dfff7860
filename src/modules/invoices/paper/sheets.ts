import type { Colour, Mark } from '../../../platform/documents/drawing.js';
import { A4 } from '../../../platform/documents/drawing.js';
import type { Lettering } from '../../../platform/documents/lettering.js';
import { type TextStyle, wrap } from '../../../platform/documents/paragraph.js';

export const MARGIN = 50;
export const RIGHT = A4.width - MARGIN;
/** Below this there is nothing but the foot of the page. */
export const BOTTOM = A4.height - 74;

export const INK: Colour = '#1a1a1a';
export const GREY: Colour = '#666666';
export const HAIR: Colour = '#c8c8c8';

export interface Style extends TextStyle {
  readonly colour: Colour;
}

const style = (size: number, weight: Style['weight'] = 'regular', colour: Colour = INK): Style => ({
  size,
  weight,
  colour,
});

export const STYLES = {
  title: style(20, 'bold'),
  name: style(11, 'bold'),
  heading: style(8, 'bold', GREY),
  text: style(9),
  strong: style(9, 'bold'),
  small: style(7.5, 'regular', GREY),
} as const;

/** Distance of the baselines of two lines. */
export const leading = ({ size }: TextStyle): number => Math.round(size * 1.4 * 4) / 4;

/** The pages of a document, written from above. `y` is where the next thing begins; it moves on as things are written. */
export class Sheets {
  readonly pages: Mark[][] = [[]];
  y = MARGIN;
  /** Whether something could not be written as it is. */
  isMissing = false;
  /** The page that is written on, where it is not the last. */
  private current: Mark[] | undefined;

  constructor(private readonly lettering: Lettering) {}

  /** How many lines a text takes in a column. */
  lines(text: string, width: number, style: Style): string[] {
    return wrap(text, width, style, this.lettering);
  }

  widthOf(text: string, { weight, size }: Style): number {
    return this.lettering.widthOf(text, weight, size);
  }

  /** Writes one line, its top at `y`, from `x` to the right, or with its end at `x`. */
  write(text: string, x: number, y: number, { size, weight, colour }: Style, align: 'left' | 'right' = 'left'): void {
    const { runs, isWhole, width } = this.lettering.letter(text, weight);
    if (!isWhole) this.isMissing = true;
    let at = align === 'left' ? x : x - (width * size) / 1_000;
    for (const { face, text: run, width: wide } of runs) {
      this.mark({ kind: 'text', face, size, colour, x: at, y: y + size, text: run });
      at += (wide * size) / 1_000;
    }
  }

  /** Writes lines below each other. @returns where they end */
  block(lines: readonly string[], x: number, y: number, style: Style, align: 'left' | 'right' = 'left'): number {
    for (const [index, line] of lines.entries()) this.write(line, x, y + index * leading(style), style, align);
    return y + lines.length * leading(style);
  }

  rule(y: number, from: number = MARGIN, to: number = RIGHT, width = 0.5, colour: Colour = HAIR): void {
    this.mark({ kind: 'line', from: [from, y], to: [to, y], width, colour });
  }

  box(x: number, y: number, width: number, height: number, colour: Colour): void {
    this.mark({ kind: 'box', x, y, width, height, colour });
  }

  /** Begins another page where so much does not fit on this one. @returns whether it did */
  need(height: number): boolean {
    if (this.y + height <= BOTTOM) return false;
    this.pages.push([]);
    this.y = MARGIN;
    return true;
  }

  /** Writes on every page once all are there. */
  finish(foot: (page: number, pages: number) => void): void {
    const all = [...this.pages];
    for (const [index, page] of all.entries()) {
      this.current = page;
      foot(index + 1, all.length);
    }
    this.current = undefined;
  }

  private mark(mark: Mark): void {
    (this.current ?? this.pages.at(-1))?.push(mark);
  }
}
