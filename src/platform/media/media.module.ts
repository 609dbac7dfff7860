import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { DiskMediaStore } from './disk-media-store.js';
import { ImageEncoder } from './image-encoder.js';
import { readBucketSettings } from './media-settings.js';
import { MediaStore } from './media-store.js';

const store = {
  provide: MediaStore,
  inject: [CONFIG],
  useFactory: async (config: Config): Promise<MediaStore> => {
    const bucket = readBucketSettings(config);
    if (bucket === undefined) return new DiskMediaStore(join(config.DATA_DIR, 'media'));
    // Its client is large, and most shops start without.
    const { S3MediaStore } = await import('./s3-media-store.js');
    return new S3MediaStore(bucket);
  },
};

/** Pictures: how they are made, and where they are kept. */
@Module({ providers: [store, ImageEncoder], exports: [MediaStore, ImageEncoder] })
export class MediaModule {}
