/** Widths that every image is kept in, in pixels, the least first. A narrower image keeps its own width in each. */
export const RENDITION_WIDTHS = [320, 800, 1600] as const;
export type RenditionWidth = (typeof RENDITION_WIDTHS)[number];

/** Pictures higher than this are made narrower; WebP knows no side above 16,383. */
export const RENDITION_HEIGHT = 8_000;

const ID = /^[0-9a-f]{64}$/;
const FILE = /^(\d{1,5})\.webp$/;

/** Whether a text has the shape of an image's id. */
export function isImageId(text: string): boolean {
  return ID.test(text);
}

/** The width that the name of a file stands for; undefined where it is none of ours. */
export function widthOfFile(name: string): RenditionWidth | undefined {
  const width = Number(FILE.exec(name)?.[1]);
  return RENDITION_WIDTHS.find((known) => known === width);
}

/** The address of an image's largest picture, below the shop's own; the others differ in the last part. */
export function imagePath(id: string, width: RenditionWidth = 1600): string {
  return `/media/${id}/${width}.webp`;
}

/** The id of the stored image that an address leads to; undefined where it leads elsewhere. */
export function imageIdOf(url: string): string | undefined {
  return /\/media\/([0-9a-f]{64})\//.exec(url)?.[1];
}
