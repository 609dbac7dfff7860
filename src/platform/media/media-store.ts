import { RENDITION_WIDTHS, type RenditionWidth } from './renditions.js';

/** The finished pictures of one image, as WebP, by their width. */
export type Renditions = Readonly<Record<RenditionWidth, Buffer>>;

/**
 * Where images are kept: a folder, or a bucket. An image's id is the digest of what was uploaded, so the same id always
 * stands for the same pictures, and storing one twice changes nothing.
 */
export abstract class MediaStore {
  /** @throws {MediaUnavailable} */
  abstract write(key: string, bytes: Buffer): Promise<void>;

  /** @throws {MediaUnavailable} */
  abstract read(key: string): Promise<Buffer | undefined>;

  /** @throws {MediaUnavailable} */
  abstract exists(key: string): Promise<boolean>;

  /** Deletes a file; one that is not there is as good as deleted. @throws {MediaUnavailable} */
  abstract remove(key: string): Promise<void>;

  /** Removes what a crash left half written before a moment. */
  abstract tidy(before: Date): Promise<void>;

  /** Whether an image is stored whole: the largest picture is written last and removed first. */
  has(id: string): Promise<boolean> {
    return this.exists(keyOf(id, LARGEST));
  }

  /** @throws {MediaUnavailable} */
  async put(id: string, renditions: Renditions): Promise<void> {
    for (const width of RENDITION_WIDTHS) await this.write(keyOf(id, width), renditions[width]);
  }

  /** One picture of an image; undefined where there is none. @throws {MediaUnavailable} */
  get(id: string, width: RenditionWidth): Promise<Buffer | undefined> {
    return this.read(keyOf(id, width));
  }

  /** @throws {MediaUnavailable} */
  async delete(id: string): Promise<void> {
    for (const width of RENDITION_WIDTHS.toReversed()) await this.remove(keyOf(id, width));
  }
}

const LARGEST = RENDITION_WIDTHS[RENDITION_WIDTHS.length - 1] as RenditionWidth;

/** The first letters part the files, since a folder of very many is slow in some file systems. */
function keyOf(id: string, width: RenditionWidth): string {
  return `${id.slice(0, 2)}/${id}/${width}.webp`;
}
