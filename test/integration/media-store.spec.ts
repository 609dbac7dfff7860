import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/config.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { DiskMediaStore } from '../../src/platform/media/disk-media-store.js';
import { readBucketSettings } from '../../src/platform/media/media-settings.js';
import type { MediaStore } from '../../src/platform/media/media-store.js';
import { S3MediaStore } from '../../src/platform/media/s3-media-store.js';
import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp } from '../support/app.js';
import { picture } from '../support/pictures.js';
import { S3_BUCKET, S3_KEY, S3_REGION, S3_SECRET, type S3Simulator, startS3 } from '../support/s3-simulator.js';

const ID = '0123456789abcdef'.repeat(4);
const RENDITIONS = { 320: Buffer.from('small'), 800: Buffer.from('middle'), 1600: Buffer.from('large') };

let s3: S3Simulator;
let folder: string;
beforeAll(async () => {
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), 'tradepost-media-'));
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

const bucketSettings = (secret = S3_SECRET): Readonly<Record<string, string>> => ({
  MEDIA_S3_ENDPOINT: s3.url,
  MEDIA_S3_BUCKET: S3_BUCKET,
  MEDIA_S3_REGION: S3_REGION,
  MEDIA_S3_ACCESS_KEY: S3_KEY,
  MEDIA_S3_SECRET_KEY: secret,
});
function bucket(secret?: string): S3MediaStore {
  const settings = readBucketSettings(parseConfig(bucketSettings(secret)));
  if (settings === undefined) throw new Error('There is no bucket.');
  return new S3MediaStore(settings);
}

describe.each<[string, () => MediaStore]>([
  ['a folder', () => new DiskMediaStore(folder)],
  ['a bucket', () => bucket()],
])('%s', (_, make) => {
  it('keeps what it is given, and gives nothing else', async () => {
    const store = make();
    expect(await store.has(ID)).toBe(false);
    expect(await store.get(ID, 800)).toBeUndefined();
    await store.put(ID, RENDITIONS);
    await store.put(ID, RENDITIONS);
    expect(await store.has(ID)).toBe(true);
    expect((await store.get(ID, 800))?.toString()).toBe('middle');
    expect(await store.get(ID.replace('0', 'f'), 800)).toBeUndefined();
    await store.delete(ID);
    await store.delete(ID);
    expect(await store.has(ID)).toBe(false);
  });
});

describe('a folder', () => {
  it('leaves no half-written file: neither of a write that failed, nor, after a while, of a crash', async () => {
    const store = new DiskMediaStore(folder);
    await mkdir(join(folder, ID.slice(0, 2), ID, '1600.webp'), { recursive: true });
    await expect(store.put(ID, RENDITIONS)).rejects.toMatchObject({ code: 'media_unavailable' });
    expect(await readdir(join(folder, '.drafts'))).toEqual([]);
    const [old, recent] = [join(folder, '.drafts', 'old'), join(folder, '.drafts', 'recent')];
    for (const path of [old, recent]) await writeFile(path, 'half');
    await utimes(old, new Date(0), new Date(0));
    await store.tidy(new Date(Date.now() - 60_000));
    expect(await readdir(join(folder, '.drafts'))).toEqual(['recent']);
  });
});

describe('a bucket', () => {
  afterEach(() => {
    s3.failing = undefined;
  });

  it('is written to with the type and the life of its objects, by signed requests', async () => {
    await bucket().put(ID, RENDITIONS);
    expect(s3.objects.get(`media/01/${ID}/800.webp`)).toEqual({ bytes: RENDITIONS[800], type: 'image/webp' });
    expect(s3.log.at(-1)).toBe(`PUT 200 /${S3_BUCKET}/media/01/${ID}/1600.webp`);
  });

  it('that does not know the key, or is down, makes the images unavailable', async () => {
    const refused = { kind: 'unavailable', code: 'media_unavailable' };
    await expect(bucket('another secret').get(ID, 800)).rejects.toMatchObject(refused);
    expect(s3.log.at(-1)).toMatch(/^GET 403 /);
    s3.failing = 503;
    await expect(bucket().get(ID, 800)).rejects.toMatchObject(refused);
  });

  it.each([{ MEDIA_S3_BUCKET: 'b' }, { MEDIA_S3_ENDPOINT: 'https://s3.example' }, { MEDIA_S3_SECRET_KEY: 'x' }])(
    'needs all of its settings: %j do not do',
    (settings) => {
      expect(() => readBucketSettings(parseConfig(settings))).toThrow(/MEDIA_S3_BUCKET, MEDIA_S3_ACCESS_KEY/);
    },
  );

  it('serves a shop: images are uploaded, shown, swept, and what fails is told as such', async () => {
    const shop = await startApp({ ...bucketSettings(), WORKER: 'false' });
    try {
      const manager = await createCustomer(shop, 'manager');
      const { id } = await createProduct(shop.db);
      const file = await picture('png');
      const upload = () =>
        shop.http.post(`/api/products/${id}/images`).set(manager.bearer).attach('images', file, 'a.png');
      s3.failing = 503;
      const failed = await upload().expect(503);
      expect(failed.body.code).toBe('media_unavailable');
      expect(failed.headers['retry-after']).toBeDefined();
      expect((await shop.http.get(`/api/products/${id}`)).body).toMatchObject({ version: 1, images: [] });
      await shop.http.get('/health/ready').expect(200);
      s3.failing = undefined;
      const { images } = (await upload().expect(201)).body;
      const imageId = images[0].split('/')[2];
      expect((await shop.http.get(images[0]).buffer(true).expect(200)).body).toEqual(
        s3.objects.get(`media/${imageId.slice(0, 2)}/${imageId}/1600.webp`)?.bytes,
      );
      s3.failing = 500;
      expect((await shop.http.get(images[0])).status).toBe(503);
      s3.failing = undefined;
      await shop.http.delete(`/api/products/${id}/images/${imageId}`).set(manager.bearer).expect(204);
      const job = shop.app
        .get(JobRegistry)
        .all()
        .find(({ name }) => name === 'product-images.sweep');
      await job?.run(new AbortController().signal);
      shop.clock.advance(25 * 3_600_000);
      await job?.run(new AbortController().signal);
      expect([...s3.objects.keys()].filter((key) => key.includes(imageId))).toEqual([]);
    } finally {
      await shop.close();
    }
  });
});
