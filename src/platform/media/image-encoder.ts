import { availableParallelism } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { OutputInfo, Sharp } from 'sharp';
import { Turnstile } from '../../common/turnstile.js';
import { CONFIG, type Config } from '../../config/config.js';
import { imageTypeOf } from './image-type.js';
import { ImageTooLarge, NotAnImage, UploadsBusy } from './media.errors.js';
import type { Renditions } from './media-store.js';
import { RENDITION_HEIGHT, RENDITION_WIDTHS } from './renditions.js';

/** Each keeps a core busy, and one of the few threads that files and passwords are worked on by as well. */
const AT_ONCE = Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2)));
const MOST_WAITING = 32;
const LONGEST_WAIT_MS = 10_000;
/** For one picture; the largest that is taken needs a fraction of it. */
const LONGEST_WORK_SECONDS = 20;
const QUALITY = 82;

type Library = typeof import('sharp').default;

let loading: Promise<Library> | undefined;

/** The library, a good part of a start to load, when the first image comes. */
function library(): Promise<Library> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    // Of all that it can read, what is taken and nothing else; and nothing is read from files by name.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((format) => `VipsForeignLoad${format}Buffer`),
    });
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loading;
}

/** Where in a request a file stands, for who has to mend it. */
export interface FilePlace {
  readonly field: string;
  readonly index: number;
}

/** Makes what the shop shows out of what was uploaded: upright, without metadata, as WebP in a few widths. */
@Injectable()
export class ImageEncoder {
  private readonly turnstile = new Turnstile(AT_ONCE, MOST_WAITING, LONGEST_WAIT_MS, () => new UploadsBusy());

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * The pictures of an image; the first one of a film.
   * @throws {NotAnImage | ImageTooLarge | UploadsBusy}
   */
  async encode(bytes: Buffer, { field, index }: FilePlace): Promise<Renditions> {
    const type = imageTypeOf(bytes);
    if (type === undefined) throw new NotAnImage(field, index);
    return this.turnstile.pass(async () => {
      // That the library is not there is no fault of the image.
      await library();
      try {
        await this.checkPixels(bytes, field, index);
        return await encode(bytes, this.config.MEDIA_MAX_PIXELS);
      } catch (error) {
        // Whatever the library cannot read: it says so in words alone.
        throw error instanceof ImageTooLarge ? error : new NotAnImage(field, index);
      }
    });
  }

  /** Before anything is decoded: a few kilobytes can stand for gigabytes of pixels. */
  private async checkPixels(bytes: Buffer, field: string, index: number): Promise<void> {
    const sharp = await library();
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    const most = this.config.MEDIA_MAX_PIXELS;
    if (width * height > most) throw new ImageTooLarge(field, index, `must not have more than ${most} pixels`);
  }
}

async function encode(bytes: Buffer, limitInputPixels: number): Promise<Renditions> {
  const sharp = await library();
  const whole = sharp(bytes, { limitInputPixels, failOn: 'error' }).autoOrient();
  const { data, info } = await within(whole, 1600).raw().toBuffer({ resolveWithObject: true });
  const [small, middle, large] = await Promise.all(RENDITION_WIDTHS.map((width) => asWebp(data, info, width)));
  if (small === undefined || middle === undefined || large === undefined) throw new Error('A rendition is missing.');
  return { 320: small, 800: middle, 1600: large };
}

const within = (image: Sharp, width: number): Sharp =>
  image
    .resize({ width, height: RENDITION_HEIGHT, fit: 'inside', withoutEnlargement: true })
    .timeout({ seconds: LONGEST_WORK_SECONDS });

async function asWebp(data: Buffer, { width, height, channels }: OutputInfo, most: number): Promise<Buffer> {
  const sharp = await library();
  const decoded = sharp(data, { raw: { width, height, channels } });
  return within(decoded, most).webp({ quality: QUALITY }).toBuffer();
}
