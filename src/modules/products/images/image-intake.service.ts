import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { Turnstile } from '../../../common/turnstile.js';
import { ImageEncoder } from '../../../platform/media/image-encoder.js';
import { UploadsBusy } from '../../../platform/media/media.errors.js';
import { MediaStore, type Renditions } from '../../../platform/media/media-store.js';
import type { Upload, UploadedFile } from '../../../platform/media/upload.js';
import { StoredImagesRepository } from './stored-images.repository.js';

/** Each has one file in memory, and the pictures made of those before it. */
const AT_ONCE = 8;
const MOST_WAITING = 64;
const LONGEST_WAIT_MS = 10_000;
/** Part of every id: to be raised when the same file is to become other pictures. */
const RECIPE = 'tradepost-image-1\n';

/** An image of a request. */
export interface TakenImage {
  readonly id: string;
  /** What is to be stored; undefined where it is already. */
  readonly renditions: Renditions | undefined;
}

/** Takes images in, apart from every transaction: decoding and storing take longer than one should. */
@Injectable()
export class ImageIntake {
  private readonly turnstile = new Turnstile(AT_ONCE, MOST_WAITING, LONGEST_WAIT_MS, () => new UploadsBusy());

  constructor(
    private readonly encoder: ImageEncoder,
    private readonly store: MediaStore,
    private readonly images: StoredImagesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads and makes all pictures of an upload before anything of it is stored.
   * @throws {NotAnImage | ImageTooLarge | UploadsBusy | InvalidInput}
   */
  take(upload: Upload): Promise<TakenImage[]> {
    return this.turnstile.pass(async () => {
      const taken = new Map<string, TakenImage>();
      for await (const file of upload.files()) {
        const id = createHash('sha256').update(RECIPE).update(file.bytes).digest('hex');
        if (!taken.has(id)) taken.set(id, await this.made(id, file));
      }
      return [...taken.values()];
    });
  }

  /** Stores what is not stored yet. Repeated or broken off, it leaves nothing that the sweep would not find. */
  async keep(taken: readonly TakenImage[]): Promise<void> {
    const fresh = taken.filter(({ renditions }) => renditions !== undefined);
    if (fresh.length > 0) {
      await this.images.announce(
        fresh.map(({ id }) => id),
        this.clock.now(),
      );
    }
    for (const { id, renditions } of fresh) if (renditions !== undefined) await this.store.put(id, renditions);
  }

  private async made(id: string, file: UploadedFile): Promise<TakenImage> {
    const stored = (await this.images.keep(id)) && (await this.store.has(id));
    return { id, renditions: stored ? undefined : await this.encoder.encode(file.bytes, file) };
  }
}
