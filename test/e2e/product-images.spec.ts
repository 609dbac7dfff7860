import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { newId } from '../../src/common/ids.js';
import type { Turnstile } from '../../src/common/turnstile.js';
import { ImageIntake } from '../../src/modules/products/images/image-intake.service.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { ImageEncoder } from '../../src/platform/media/image-encoder.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { drawing, picture } from '../support/pictures.js';

let shop: TestApp;
let manager: TestUser;

beforeAll(async () => {
  shop = await startApp({ MEDIA_MAX_BYTES: '200000', MEDIA_MAX_PIXELS: '1000000', WORKER: 'false' });
  manager = await createCustomer(shop, 'manager');
});
afterAll(() => shop.close());

const newProduct = async (): Promise<string> => (await createProduct(shop.db)).id;
const read = (id: string) => shop.http.get(`/api/products/${id}`).expect(200);
const bytesAt = async (url: string): Promise<Buffer> => (await shop.http.get(url).buffer(true).expect(200)).body;

function upload(id: string, ...files: readonly Buffer[]) {
  let request = shop.http.post(`/api/products/${id}/images`).set(manager.bearer);
  for (const file of files) request = request.attach('images', file, 'picture');
  return request;
}

/** Everything that the media store holds. */
function stored(): string[] {
  const folder = join(shop.config.DATA_DIR, 'media');
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((name) => statSync(join(folder, name)).isFile()).sort();
}

/** A PNG whose header promises what it likes, in a few bytes. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([size, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const rows = chunk('IDAT', deflateSync(Buffer.alloc(1_000)));
  return Buffer.concat([signature, chunk('IHDR', header), rows, chunk('IEND', Buffer.alloc(0))]);
}

describe('POST /api/products/:id/images', () => {
  test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('takes a %s and shows it as WebP', async (format) => {
    const id = await newProduct();
    const answer = await upload(id, await picture(format)).expect(201);
    expect(answer.body).toMatchObject({ id, version: 2 });
    expect(answer.body.images).toEqual([expect.stringMatching(/^\/media\/[0-9a-f]{64}\/1600\.webp$/)]);
    expect(answer.headers.location).toBe(`/api/products/${id}`);
    const shown = await sharp(await bytesAt(answer.body.images[0])).metadata();
    expect(shown).toMatchObject({ format: 'webp', width: 60, height: 40 });
  });

  test('makes three widths, none of them larger than the picture was', async () => {
    const { body } = await upload(await newProduct(), await picture('jpeg', 1_200, 600)).expect(201);
    const [largest] = body.images as [string];
    const sizes = [];
    for (const width of [320, 800, 1600]) {
      const { width: w, height: h } = await sharp(await bytesAt(largest.replace('1600', String(width)))).metadata();
      sizes.push([w, h]);
    }
    expect(sizes).toEqual([
      [320, 160],
      [800, 400],
      [1_200, 600],
    ]);
  });

  test('turns a picture upright and says nothing of where it was taken', async () => {
    const exif = { IFD0: { Copyright: 'Ada Lovelace' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } };
    const lying = await drawing(60, 40).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(lying.includes('Ada Lovelace')).toBe(true);
    const { body } = await upload(await newProduct(), lying).expect(201);
    const shown = await bytesAt(body.images[0]);
    expect(await sharp(shown).metadata()).toMatchObject({ width: 40, height: 60 });
    expect((await sharp(shown).metadata()).exif).toBeUndefined();
    expect(shown.includes('Ada Lovelace')).toBe(false);
  });

  test('keeps nothing of what else a file holds', async () => {
    const script = '<script>alert(document.domain)</script>';
    const polyglot = Buffer.concat([await picture('jpeg'), Buffer.from(script)]);
    const { body } = await upload(await newProduct(), polyglot).expect(201);
    for (const width of [320, 800, 1600]) {
      expect((await bytesAt(body.images[0].replace('1600', String(width)))).includes('<script')).toBe(false);
    }
  });

  test('puts several behind those that are there, each once, in their order', async () => {
    const id = await newProduct();
    await shop.http
      .patch(`/api/products/${id}`)
      .set(manager.bearer)
      .send({ images: ['/a.png'] })
      .expect(200);
    const [one, two] = [await picture('png'), await picture('gif')];
    const first = await upload(id, one, two, one).expect(201);
    expect(first.body.images).toHaveLength(3);
    expect(first.body.images[0]).toBe('/a.png');
    expect(first.body.version).toBe(3);
    const again = await upload(id, two).expect(201);
    expect(again.body).toEqual(first.body);
    const reversed = [...first.body.images].reverse();
    const sorted = await shop.http.patch(`/api/products/${id}`).set(manager.bearer).send({ images: reversed });
    expect(sorted.body.images).toEqual(reversed);
  });

  test('tells of the change as any other of a product: version, event, audit entry, cache', async () => {
    const id = await newProduct();
    const before = await read(id);
    const { body, headers } = await upload(id, await picture('png')).expect(201);
    const after = await read(id);
    expect(after.body).toEqual(body);
    expect(after.headers.etag).toBe(headers.etag);
    expect(after.headers.etag).not.toBe(before.headers.etag);
    const events = await shop.db.query('SELECT type FROM outbox_events WHERE aggregate_id = $1', [id]);
    expect(events.rows).toEqual([{ type: 'product.updated' }]);
    const entries = await shop.db.query('SELECT action, after FROM audit_log WHERE subject_id = $1', [id]);
    expect(entries.rows).toEqual([{ action: 'product.updated', after: { images: body.images } }]);
  });

  test('honours If-Match', async () => {
    const id = await newProduct();
    const { headers } = await read(id);
    const file = await picture('png');
    await upload(id, file)
      .set('if-match', headers.etag as string)
      .expect(201);
    const stale = await upload(id, await picture('png')).set('if-match', headers.etag as string);
    expect(stale.body).toMatchObject({ status: 412, code: 'version_mismatch' });
  });

  test('honours an Idempotency-Key, also when the product has gone', async () => {
    const id = await newProduct();
    const file = await picture('webp');
    const send = (bytes: Buffer) => upload(id, bytes).set('idempotency-key', `upload-${id}`);
    const first = await send(file).expect(201);
    await shop.http.delete(`/api/products/${id}`).set(manager.bearer).expect(204);
    const second = await send(file).expect(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    const other = await send(await picture('webp'));
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  test('makes one change of ten uploads of the same picture at once', async () => {
    const id = await newProduct();
    const file = await picture('png');
    const answers = await Promise.all(Array.from({ length: 10 }, () => upload(id, file)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect((await read(id)).body).toMatchObject({ version: 2, images: [expect.any(String)] });
  });

  test.each([
    ['worked on', ImageEncoder],
    ['read', ImageIntake],
  ])('asks to come back later while too many are %s', async (_, part) => {
    const turnstile: Turnstile = Reflect.get(shop.app.get<object>(part, { strict: false }), 'turnstile');
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const crowd = Array.from({ length: 100 }, () => turnstile.pass(() => held).catch(() => undefined));
    const [id, file] = [await newProduct(), await picture('png')];
    const answer = await upload(id, file).expect(503);
    letGo();
    await Promise.all(crowd);
    expect(answer.body.code).toBe('busy');
    expect(answer.headers['retry-after']).toBe('5');
    await upload(id, file).expect(201);
  });

  test('loses none of ten pictures that come at once', async () => {
    const id = await newProduct();
    const files = await Promise.all(Array.from({ length: 10 }, () => picture('png')));
    await Promise.all(files.map((file) => upload(id, file).expect(201)));
    expect((await read(id)).body.images).toHaveLength(10);
  });

  describe('refuses, by name and leaving nothing behind,', () => {
    const jpeg = (): Promise<Buffer> => picture('jpeg');
    let id: string;
    let before: string[];
    beforeAll(async () => {
      id = await newProduct();
      before = stored();
    });
    afterAll(async () => {
      expect(stored()).toEqual(before);
      expect((await read(id)).body).toMatchObject({ version: 1, images: [] });
    });

    test.each([
      ['what is no image', () => Promise.resolve(Buffer.from('Hello, this is text.'))],
      ['SVG', () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))],
      ['TIFF', () => picture('tiff')],
      ['HTML behind the head of a GIF', () => Promise.resolve(Buffer.from('GIF89a/*<script>alert(1)</script>*/=1;'))],
      ['half a JPEG', async () => (await picture('jpeg', 400, 400)).subarray(0, 2_000)],
      ['half a PNG', async () => (await picture('png', 400, 400)).subarray(0, 400)],
    ])('%s', async (_, make) => {
      const answer = await upload(id, await make()).expect(415);
      expect(answer.body).toMatchObject({ code: 'not_an_image', errors: [{ path: 'images', index: 0 }] });
    });

    test('one bad file among good ones', async () => {
      const answer = await upload(id, await jpeg(), Buffer.from('not a picture'), await jpeg()).expect(415);
      expect(answer.body.errors).toEqual([expect.objectContaining({ path: 'images', index: 1 })]);
    });

    test('an empty file', async () => {
      const answer = await upload(id, Buffer.alloc(0)).expect(400);
      expect(answer.body.errors).toEqual([{ path: 'images', message: 'is empty' }]);
    });

    test('a file of too many bytes', async () => {
      const answer = await upload(id, Buffer.alloc(200_001, 1)).expect(413);
      expect(answer.body).toMatchObject({ code: 'image_too_large', errors: [{ path: 'images' }] });
    });

    test('a few bytes that stand for very many pixels', async () => {
      for (const [width, height] of [
        [1_001, 1_000],
        [60_000, 60_000],
      ] as const) {
        const answer = await upload(id, bomb(width, height)).expect(413);
        expect(answer.body).toMatchObject({ code: 'image_too_large', errors: [{ path: 'images' }] });
      }
    });

    test('a form without a file, and a field that is none', async () => {
      const post = () => shop.http.post(`/api/products/${id}/images`).set(manager.bearer);
      const none = await post().set('content-type', 'multipart/form-data; boundary=x').send('--x--\r\n').expect(400);
      expect(none.body.errors).toEqual([{ path: 'images', message: 'must hold at least one file' }]);
      const plain = await post().field('images', 'a.png').expect(400);
      expect(plain.body.errors).toEqual([{ path: 'images', message: 'must be a file' }]);
    });

    test.each(['picture', '__proto__', 'constructor', 'x'.repeat(90)])('a field called %.20s', async (name) => {
      const answer = await shop.http
        .post(`/api/products/${id}/images`)
        .set(manager.bearer)
        .attach(name, await jpeg(), 'a.jpg');
      expect(answer.status).toBe(400);
      expect([name, 'body']).toContain(answer.body.errors[0].path);
    });

    test('too many files and too many fields', async () => {
      const tiny = await jpeg();
      const many = await upload(id, ...Array.from({ length: 21 }, () => tiny)).expect(400);
      expect(many.body.errors[0].path).toBe('images');
      let fields = shop.http.post(`/api/products/${id}/images`).set(manager.bearer);
      for (let at = 0; at < 50; at += 1) fields = fields.field(`f${at}`, 'x');
      expect((await fields).status).toBe(400);
    });

    test.each([
      ['a form without a boundary', 'multipart/form-data', '--x\r\n'],
      ['a form that ends too soon', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-da'],
      [
        'a file that ends too soon',
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\n\xff\xd8\xff',
      ],
      [
        'a part with a thousand headers and no name',
        'multipart/form-data; boundary=x',
        `--x\r\n${'A: b\r\n'.repeat(1_000)}\r\ndata\r\n--x--\r\n`,
      ],
      ['nothing', 'multipart/form-data; boundary=x', ''],
    ])('%s', async (_, type, body) => {
      const post = shop.http.post(`/api/products/${id}/images`).set(manager.bearer).set('content-type', type);
      const answer = await post.send(body);
      expect(answer.body).toMatchObject({ status: 400, errors: [{ path: expect.stringMatching(/^(body|images)$/) }] });
    });

    test('a connection that breaks half-way, and serves on', async () => {
      const socket = connect(Number(new URL(shop.url).port), '127.0.0.1');
      const head = [
        `POST /api/products/${id}/images HTTP/1.1`,
        'Host: x',
        ...Object.entries(manager.bearer).map(([name, value]) => `${name}: ${value}`),
        'Content-Type: multipart/form-data; boundary=x',
        'Content-Length: 100000',
      ];
      socket.write(
        `${head.join('\r\n')}\r\n\r\n--x\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\n`,
      );
      socket.write(await jpeg());
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket.destroy();
      await text(socket).catch(() => undefined);
      await shop.http.get('/health/ready').expect(200);
    });

    test('what is not multipart, and multipart where none is read', async () => {
      const post = shop.http.post(`/api/products/${id}/images`).set(manager.bearer);
      expect((await post.send({})).body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
      const elsewhere = await shop.http
        .post('/api/products')
        .set(manager.bearer)
        .attach('images', await jpeg(), 'a.jpg');
      expect(elsewhere.body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    });

    test('a product that is not there, and people who may not', async () => {
      expect((await upload(newId(), await jpeg())).body).toMatchObject({ status: 404, code: 'product_not_found' });
      const customer = await createCustomer(shop);
      const send = () => shop.http.post(`/api/products/${id}/images`);
      expect((await send().attach('images', await jpeg(), 'a')).status).toBe(401);
      expect(
        (
          await send()
            .set(customer.bearer)
            .attach('images', await jpeg(), 'a')
        ).status,
      ).toBe(403);
    });

    test('more images than a product shows', async () => {
      const images = Array.from({ length: 20 }, (_, at) => `/elsewhere/${at}.png`);
      const { id: full } = await createProduct(shop.db);
      await shop.http.patch(`/api/products/${full}`).set(manager.bearer).send({ images }).expect(200);
      const answer = await upload(full, await jpeg()).expect(400);
      expect(answer.body.errors[0].path).toBe('images');
    });
  });
});

describe('GET /media/:id/:file', () => {
  let url: string;
  beforeAll(async () => {
    url = (await upload(await newProduct(), await picture('jpeg')).expect(201)).body.images[0];
  });

  test('may be kept for ever, is what it says it is, and answers HEAD and If-None-Match', async () => {
    const { headers } = await shop.http.get(url).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const head = await shop.http.head(url).expect(200);
    expect(head.headers['content-length']).toBe(headers['content-length']);
    const known = await shop.http
      .get(url)
      .set('if-none-match', headers.etag as string)
      .expect(304);
    expect(known.text).toBe('');
  });

  test.each([
    ['another width', (path: string) => path.replace('1600', '1601')],
    ['another image', (path: string) => path.replace(/[0-9a-f]{64}/, '0'.repeat(64))],
    ['no digest', (path: string) => path.replace(/[0-9a-f]{64}/, '..%2f..%2fkeys')],
    ['a way up', (path: string) => path.replace(/1600\.webp/, '..%2f..%2f..%2fpackage.json')],
    ['capitals', (path: string) => path.replace(/[0-9a-f]{64}/, (id) => id.toUpperCase())],
    ['another type', (path: string) => path.replace('.webp', '.svg')],
    ['a NUL', (path: string) => path.replace('.webp', '%00.webp')],
  ])('is 404 for %s, which nobody keeps', async (_, other) => {
    const answer = await shop.http.get(other(url)).expect(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body.code).toBe('image_not_found');
  });

  test.each(['/media', '/media/', '/media/../package.json', '/media/%2e%2e/%2e%2e/package.json', '/media/.drafts/x'])(
    'gives nothing at %s',
    async (path) => {
      expect((await shop.http.get(path)).status).toBe(404);
    },
  );
});

describe('DELETE /api/products/:id/images/:imageId', () => {
  const idIn = (url: string): string => url.split('/')[2] ?? '';

  test('takes one image off, once, under If-Match', async () => {
    const id = await newProduct();
    const { body, headers } = await upload(id, await picture('png'), await picture('png')).expect(201);
    const remove = () => shop.http.delete(`/api/products/${id}/images/${idIn(body.images[0])}`).set(manager.bearer);
    await remove().set('if-match', '"stale"').expect(412);
    await remove()
      .set('if-match', headers.etag as string)
      .expect(204);
    expect((await read(id)).body).toMatchObject({ version: 3, images: [body.images[1]] });
    expect((await remove()).body).toMatchObject({ status: 404, code: 'image_not_found' });
    expect((await shop.http.get(body.images[0])).status).toBe(200);
  });

  test.each(['nothing', '%00', '..', newId()])('is 404 for an image %s', async (name) => {
    const answer = await shop.http.delete(`/api/products/${await newProduct()}/images/${name}`).set(manager.bearer);
    expect(answer.status).toBe(404);
  });
});

describe('images that no product shows', () => {
  // A day later nobody's access token is valid any more.
  beforeEach(async () => {
    manager = await createCustomer(shop, 'manager');
  });
  const sweep = async (): Promise<void> => {
    const job = shop.app
      .get(JobRegistry)
      .all()
      .find(({ name }) => name === 'product-images.sweep');
    if (job === undefined) throw new Error('There is no such job.');
    await job.run(new AbortController().signal);
  };
  const present = async (url: string): Promise<boolean> => (await shop.http.get(url)).status === 200;
  const showing = async (images: readonly string[]): Promise<string> => {
    const id = await newProduct();
    await shop.http.patch(`/api/products/${id}`).set(manager.bearer).send({ images }).expect(200);
    return id;
  };

  test('go after a day, and not while any product shows them', async () => {
    const id = await newProduct();
    const file = await picture('png');
    const { body } = await upload(id, file, await picture('png')).expect(201);
    const [shared, lone] = body.images as [string, string];
    const archived = await showing([`https://shop.example${shared.replace('1600', '320')}`]);
    await shop.http.delete(`/api/products/${archived}`).set(manager.bearer).expect(204);
    await shop.http.patch(`/api/products/${id}`).set(manager.bearer).send({ images: [] }).expect(200);
    await sweep();
    shop.clock.advance(23 * 3_600_000);
    await sweep();
    expect([await present(shared), await present(lone)]).toEqual([true, true]);
    shop.clock.advance(2 * 3_600_000);
    await sweep();
    expect([await present(shared), await present(lone)]).toEqual([true, false]);
    expect(stored().filter((name) => name.includes(lone.split('/')[2] ?? ''))).toEqual([]);
  });

  test('have their day again once they were shown again, or uploaded again', async () => {
    const id = await newProduct();
    const files = [await picture('png'), await picture('png')];
    const { body } = await upload(id, ...files).expect(201);
    await shop.http.patch(`/api/products/${id}`).set(manager.bearer).send({ images: [] }).expect(200);
    await sweep();
    shop.clock.advance(25 * 3_600_000);
    manager = await createCustomer(shop, 'manager');
    const again = await showing([body.images[0]]);
    const other = await upload(await newProduct(), files[1] as Buffer).expect(201);
    expect(other.body.images).toEqual([body.images[1]]);
    await sweep();
    expect([await present(body.images[0]), await present(body.images[1])]).toEqual([true, true]);
    await shop.http.patch(`/api/products/${again}`).set(manager.bearer).send({ images: [] }).expect(200);
    await sweep();
    shop.clock.advance(2 * 3_600_000);
    await sweep();
    expect(await present(body.images[0])).toBe(true);
  });

  test('are stored anew when they were swept before they came again', async () => {
    const id = await newProduct();
    const file = await picture('png');
    const { body } = await upload(id, file).expect(201);
    await shop.http.patch(`/api/products/${id}`).set(manager.bearer).send({ images: [] }).expect(200);
    await sweep();
    shop.clock.advance(25 * 3_600_000);
    manager = await createCustomer(shop, 'manager');
    await sweep();
    expect(await present(body.images[0])).toBe(false);
    expect((await upload(id, file).expect(201)).body.images).toEqual(body.images);
    expect(await present(body.images[0])).toBe(true);
  });

  test('are found where a crash left them between storing and recording', async () => {
    const lost = 'ab'.repeat(32);
    await shop.db.query('INSERT INTO stored_images (id, stored_at) VALUES ($1, now())', [lost]);
    await sweep();
    shop.clock.advance(25 * 3_600_000);
    await sweep();
    expect((await shop.db.query('SELECT 1 FROM stored_images WHERE id = $1', [lost])).rows).toEqual([]);
  });
});
