/** Points: 72 to the inch. The origin is the upper left corner of a page. */
export const A4 = { width: 595.28, height: 841.89 } as const;

/** A colour as `#rrggbb`. */
export type Colour = `#${string}`;

/** Some text in one face, its baseline beginning at a point. */
export interface DrawnText {
  readonly kind: 'text';
  /** Number of the face among those that the printer knows. */
  readonly face: number;
  readonly size: number;
  readonly colour: Colour;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface DrawnLine {
  readonly kind: 'line';
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly width: number;
  readonly colour: Colour;
}

export interface DrawnBox {
  readonly kind: 'box';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
}

export type Mark = DrawnText | DrawnLine | DrawnBox;

/** A document of A4 pages, laid out to the last point. */
export interface Drawing {
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  /** When what it says was said. Nothing else in the file is a time, so that the same drawing gives the same bytes. */
  readonly createdAt: Date;
  readonly pages: readonly (readonly Mark[])[];
}
