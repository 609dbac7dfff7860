import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { MediaUnavailable } from './media.errors.js';
import type { BucketSettings } from './media-settings.js';
import { MediaStore } from './media-store.js';

const CONNECT_MS = 2_000;
/** Of one try; there are up to three. */
const REQUEST_MS = 5_000;

/** Keeps images in a bucket of an S3-compatible service, below `media/`; addressed by path, which all of them know. */
export class S3MediaStore extends MediaStore {
  private readonly client: S3Client;

  constructor(private readonly settings: BucketSettings) {
    super();
    const { endpoint, region, accessKeyId, secretAccessKey } = settings;
    this.client = new S3Client({
      ...(endpoint === undefined ? {} : { endpoint }),
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      maxAttempts: 3,
      // Services other than Amazon's refuse checksums that they do not know.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
    });
  }

  async write(key: string, bytes: Buffer): Promise<void> {
    const command = new PutObjectCommand({
      ...this.at(key),
      Body: bytes,
      ContentType: 'image/webp',
      CacheControl: 'public, max-age=31536000, immutable',
    });
    await unlessFailed(() => this.client.send(command));
  }

  read(key: string): Promise<Buffer | undefined> {
    return unlessFailed(async () => {
      const { Body: body } = await this.client.send(new GetObjectCommand(this.at(key)));
      return body === undefined ? undefined : Buffer.from(await body.transformToByteArray());
    });
  }

  async exists(key: string): Promise<boolean> {
    return (await unlessFailed(() => this.client.send(new HeadObjectCommand(this.at(key))))) !== undefined;
  }

  async remove(key: string): Promise<void> {
    await unlessFailed(() => this.client.send(new DeleteObjectCommand(this.at(key))));
  }

  /** An object is there whole or not at all. */
  tidy(): Promise<void> {
    return Promise.resolve();
  }

  onApplicationShutdown(): void {
    this.client.destroy();
  }

  private at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.settings.bucket, Key: `media/${key}` };
  }
}

/** What the service answers; undefined where it has no such object. */
async function unlessFailed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined;
    throw new MediaUnavailable(error);
  }
}
