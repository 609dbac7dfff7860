import { type Config, ConfigError } from '../../config/config.js';

/** A bucket of an S3-compatible service, and who may write to it. */
export interface BucketSettings {
  /** Undefined for Amazon's own, which follows from the region. */
  readonly endpoint: string | undefined;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The bucket that images are kept in; undefined where they are kept in a folder.
 * @throws {ConfigError} where some of the settings are missing
 */
export function readBucketSettings(config: Config): BucketSettings | undefined {
  const { MEDIA_S3_BUCKET: bucket, MEDIA_S3_ACCESS_KEY: accessKeyId, MEDIA_S3_SECRET_KEY: secretAccessKey } = config;
  const { MEDIA_S3_ENDPOINT: endpoint, MEDIA_S3_REGION: region } = config;
  const given = [endpoint, bucket, accessKeyId, secretAccessKey].some((setting) => setting !== undefined);
  if (!given) return undefined;
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    throw new ConfigError(
      'A bucket for images needs MEDIA_S3_BUCKET, MEDIA_S3_ACCESS_KEY and MEDIA_S3_SECRET_KEY; a service other than ' +
        'Amazon’s needs MEDIA_S3_ENDPOINT too.',
    );
  }
  return { endpoint, bucket, region, accessKeyId, secretAccessKey };
}
