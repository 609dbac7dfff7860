import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ImportJobs } from '../../src/modules/products/import/import-jobs.service.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { ended, type ImportState, importFile, upload } from '../support/imports.js';
import { brokenInvariants } from '../support/invariants.js';
import { emptyTables } from '../support/tables.js';

const LIMITS = {
  IMPORT_MAX_BYTES: '1000000',
  IMPORT_MAX_UNPACKED_BYTES: '2000000',
  IMPORT_MAX_ROWS: '1500',
  REQUEST_TIMEOUT_MS: '1000',
};

const FILE = `sku,name,price,stock,category,attributes
A,Mug,12.50,3,Home > Kitchen,"{""colour"":""blue""}"
B,Lamp,9.00,,Home,
`;

let shop: TestApp;
let staff: TestUser;

beforeAll(async () => {
  shop = await startApp(LIMITS);
  staff = await createCustomer(shop, 'manager');
});
afterAll(() => shop.close());
beforeEach(() => emptyTables(shop.db, 'products', 'categories', 'outbox_events', 'catalogue_imports'));

const send = (body: string | Buffer, options?: Parameters<typeof upload>[3]) => upload(shop, staff, body, options);
const run = (body: string | Buffer, options?: Parameters<typeof upload>[3]) => importFile(shop, staff, body, options);
const get = (path: string) => shop.http.get(path).set(staff.bearer);
/** Past every cache: the tests empty the tables behind the application's back. */
const product = async (sku: string) => (await shop.db.query('SELECT * FROM products WHERE sku = $1', [sku])).rows[0];
const count = async (table: string): Promise<number> =>
  (await shop.db.query(`SELECT count(*)::int AS count FROM ${table}`)).rows[0].count;
const rowsOf = (n: number, name = 'Thing'): string =>
  `sku,name,price,stock\n${Array.from({ length: n }, (_, i) => `S-${i},${name} ${i},1.00,1\n`).join('')}`;

describe('a file that is sent to be imported', () => {
  it('is answered with 202 and where to see how far it is, and comes to products', async () => {
    const answer = await send(FILE);
    const body = (await answer.json()) as ImportState;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/imports/${body.id}`);
    expect(body).toMatchObject({ status: 'queued', format: 'csv', dryRun: false, processed: 0, actorId: staff.id });
    const done = await ended(shop, staff, body.id);
    expect(done).toMatchObject({ status: 'completed', processed: 2, created: 2, updated: 0, refused: 0, total: 2 });
    const { body: mug } = await shop.http.get(`/api/products/${(await product('A')).id}`).expect(200);
    expect(mug).toMatchObject({ sku: 'A', price: '12.50', stock: 3, category: { slug: 'kitchen', name: 'Kitchen' } });
    expect(await count('catalogue_import_chunks')).toBe(0);
    expect(await brokenInvariants(shop.db)).toEqual({});
  });

  it.each([
    ['gzip by its header', gzipSync(FILE), { 'content-encoding': 'gzip' }],
    ['gzip by its first bytes', gzipSync(FILE), {}],
    ['gzip in two members', Buffer.concat([gzipSync(FILE.slice(0, 50)), gzipSync(FILE.slice(50))]), {}],
    ['a byte order mark and CRLF', `\ufeff${FILE.replaceAll('\n', '\r\n')}`, {}],
    ['a charset', FILE, { 'content-type': 'text/csv; charset="UTF-8"' }],
    [
      'NDJSON',
      '{"sku":"A","name":"Mug","price":12.5,"stock":3}\n\n{"sku":"B","name":"Lamp","price":"9.00"}',
      { 'content-type': 'application/x-ndjson' },
    ],
  ])('may come as %s', async (_, body, headers) => {
    expect(await run(body, { headers })).toMatchObject({ status: 'completed', processed: 2, created: 2 });
  });

  it('may have columns of its own, which a map names', async () => {
    const map = encodeURIComponent('{"sku":"id","name":"title","price":"cost","attributes":{"hue":"colour"}}');
    const done = await run('id,title,cost,colour,other\n1,Mug,2,red,x\n', { query: `?map=${map}` });
    expect(done).toMatchObject({ status: 'completed', created: 1 });
    expect((await product('1')).attributes).toEqual({ hue: 'red' });
    const wrong = await send(FILE, { query: '?map=nonsense' });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ errors: [{ path: 'map' }] });
  });

  it('changes nothing the second time, whether or not it is the same request', async () => {
    const options = { headers: { 'idempotency-key': randomUUID() } };
    const first = await send(FILE, options);
    const text = await first.text();
    const again = await send(FILE, options);
    expect(await again.text()).toBe(text);
    expect(again.status).toBe(202);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect((await get('/api/imports')).body.total).toBe(1);
    await ended(shop, staff, JSON.parse(text).id);
    expect(await run(FILE)).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
    for (const { body, query } of [{ body: `${FILE}C,Cup,1,,,\n` }, { body: FILE, query: '?dryRun=true' }]) {
      const reused = await send(body, { ...options, query });
      expect(reused.status).toBe(422);
      expect(await reused.json()).toMatchObject({ code: 'idempotency_key_reused' });
    }
    expect(await count('catalogue_imports')).toBe(2);
    const bad = await send(FILE, { headers: { 'idempotency-key': 'no spaces' } });
    expect(bad.status).toBe(400);
  });

  it('under one key from twenty at once is imported once', async () => {
    const options = { headers: { 'idempotency-key': randomUUID() } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(FILE, options)));
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
    expect(new Set(bodies).size).toBe(1);
    expect(await count('catalogue_imports')).toBe(1);
  });

  it('keeps nothing of a dry run but its report', async () => {
    const done = await run(`${FILE}C,Cup,free,,,\n`, { query: '?dryRun=true' });
    expect(done).toMatchObject({ status: 'completed', dryRun: true, processed: 3, created: 2, refused: 1 });
    expect([await count('products'), await count('categories'), await count('outbox_events')]).toEqual([0, 0, 0]);
    expect((await get(`/api/imports/${done.id}/errors`)).body.items).toHaveLength(1);
  });

  it('moves stock by the ledger, and changes are told as its sender’s', async () => {
    await run(FILE);
    const shown = async () => (await shop.http.get(`/api/products/${(await product('A')).id}`)).body.stock;
    expect(await shown()).toBe(3);
    await run('sku,name,price,stock\nA,Mug,12.50,10\nB,Lamp,8.00,\n');
    const { rows } = await shop.db.query(
      `SELECT m.delta, m.reason, m.actor_id, m.note FROM stock_movements m JOIN products p ON p.id = m.product_id
       WHERE p.sku = 'A' ORDER BY m.id`,
    );
    const by = { actor_id: staff.id, note: 'catalogue import' };
    expect(rows).toEqual([
      { delta: 3, reason: 'receipt', ...by },
      { delta: 7, reason: 'adjustment', ...by },
    ]);
    const { rows: events } = await shop.db.query('SELECT type, count(*)::int FROM outbox_events GROUP BY 1 ORDER BY 1');
    expect(events).toEqual([
      { type: 'product.created', count: 2 },
      { type: 'product.updated', count: 1 },
      { type: 'stock.changed', count: 2 },
    ]);
    const { rows: log } = await shop.db.query(
      `SELECT DISTINCT actor_id FROM audit_log WHERE subject_type = 'product' OR action LIKE 'import.%'`,
    );
    expect(log).toEqual([{ actor_id: staff.id }]);
    expect(await shown()).toBe(10);
  });
});

describe('rows that cannot be taken', () => {
  const BAD = [
    'sku,name,price,stock,slug,active,category,images,currency',
    'A,Mug,1.999,,,,,,',
    ',Cup,1,,,,,,',
    'C,Jar,2,,,,,,',
    'C,Jug,3,,,,,,',
    'D,Pot',
    'E,Pan,1,-1,,,,,',
    `F,${'x'.repeat(256)},1,,,,,,`,
    'G,a\u0000b,1,,,,,,',
    'H,Hat,1,,import,,,,',
    'I,Ice,1,,,maybe,,,',
    'J,Jam,1,,,,Home >,,',
    'K,Kit,1,,,,,javascript:alert(1),',
    'L,Lid,1,,,,,,JPY',
    'M,Mat,1,,jar,,,,',
    '',
  ].join('\n');

  it('are refused with line, column and reason, and the others are taken', async () => {
    const done = await run(BAD);
    expect(done).toMatchObject({ status: 'completed', processed: 14, created: 1, refused: 13 });
    const { body } = await get(`/api/imports/${done.id}/errors`).expect(200);
    expect(body.items.map(({ line, column, code }: Record<string, unknown>) => [line, column, code])).toEqual([
      [2, 'price', 'invalid'],
      [3, 'sku', 'missing'],
      [5, 'sku', 'duplicate_sku'],
      [6, '', 'malformed'],
      [7, 'stock', 'invalid'],
      [8, 'name', 'invalid'],
      [9, 'name', 'invalid'],
      [10, 'slug', 'invalid'],
      [11, 'active', 'invalid'],
      [12, 'category', 'invalid'],
      [13, 'images', 'invalid'],
      [14, 'currency', 'invalid'],
      [15, 'slug', 'slug_taken'],
    ]);
    expect(body.items.every(({ reason }: { reason: string }) => reason.length > 5)).toBe(true);
  });

  it('are listed in pages by number and by cursor, and as a file', async () => {
    const { id } = await run(`sku,name,price\n${Array.from({ length: 25 }, (_, i) => `"=S${i}",x,free\n`).join('')}`);
    const path = `/api/imports/${id}/errors`;
    const { body: first, headers } = await get(`${path}?perPage=10`).expect(200);
    expect(first).toMatchObject({ page: 1, perPage: 10, total: 25, nextCursor: expect.any(String) });
    expect(headers.link).toContain('rel="next"');
    const lines: number[] = [];
    for (let cursor = ''; cursor !== null; ) {
      const { body } = await get(`${path}?perPage=10&cursor=${cursor}`).expect(200);
      lines.push(...body.items.map(({ line }: { line: number }) => line));
      cursor = body.nextCursor;
    }
    expect(lines).toEqual(Array.from({ length: 25 }, (_, i) => i + 2));
    await get(`${path}?cursor=x`).expect(400);
    for (const file of [get(`${path}?format=csv`), get(path).set('accept', 'text/csv')]) {
      const { text, headers: sent } = await file.expect(200).expect('content-type', /^text\/csv/);
      expect(sent['content-disposition']).toContain('attachment');
      expect(text.split('\r\n')).toHaveLength(27);
      expect(text).toContain('2,price,invalid,');
    }
    await get(`${path}?format=xml`).expect(400);
  });
});

describe('a file that cannot be read to its end', () => {
  it.each([
    ['has no header that is known', 'nonsense\n1\n', 1, /lacks|Unknown/],
    ['has an unknown column', 'sku,name,price,colour\nA,a,1,red\n', 1, /"colour"/],
    ['lacks a column', 'sku,name\nA,a\n', 1, /price/],
    ['holds nothing but gzip', gzipSync(''), 1, /empty/],
    ['ends inside quotes', 'sku,name,price\nA,a,1\nB,"b', 3, /inside quotes/],
    ['has a stray quote', 'sku,name,price\nA,a,1\nB,"b"c,1\n', 3, /quote/],
    ['is not UTF-8', Buffer.from('sku,name,price\nA,a,1\nB,\xe9,1\n', 'latin1'), 3, /UTF-8/],
    ['is UTF-16', Buffer.from('\ufeffsku,name,price\nA,a,1\n', 'utf16le'), 1, /UTF-8/],
    ['is gzip that was cut off', gzipSync(FILE).subarray(0, 60), null, /breaks off or is damaged/],
  ])('fails where it %s, and says on which line', async (_, body, line, message) => {
    const done = await run(body);
    expect(done).toMatchObject({ status: 'failed', failure: { code: 'unreadable_file' } });
    expect(done.failure?.message).toMatch(message);
    if (line !== null) expect(done.failure?.line).toBe(line);
    expect(await count('products')).toBe(line === 3 ? 1 : 0);
    expect(await count('catalogue_import_chunks')).toBe(0);
  });

  it('fails where it has more rows than are allowed, and those up to there are in', async () => {
    const many = await run(gzipSync(rowsOf(1_501)));
    expect(many).toMatchObject({ status: 'failed', failure: { code: 'too_many_rows', line: 1_502 } });
    expect(await count('products')).toBe(1_500);
  }, 60_000);

  it('fails where it is nothing but line breaks, however many they are', async () => {
    const blank = gzipSync(Buffer.concat([Buffer.from('sku,name,price\n'), Buffer.alloc(1_000_000, 10)]));
    expect(await run(blank)).toMatchObject({ status: 'failed', failure: { code: 'too_many_rows' } });
  }, 60_000);

  it('fails where it grows beyond what is allowed without its compression', async () => {
    const row = `A,${'x'.repeat(60_000)},1\n`;
    const bomb = gzipSync(`sku,name,price\n${row.repeat(40)}`);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await run(bomb)).toMatchObject({ status: 'failed', failure: { code: 'file_too_large' } });
  }, 60_000);
});

describe('an upload that is refused', () => {
  const nothingLeft = async () => {
    await eventually(async () =>
      expect([await count('catalogue_imports'), await count('catalogue_import_chunks')]).toEqual([0, 0]),
    );
  };

  it.each([
    ['is empty', '', {}, 400, 'invalid_request'],
    ['is no gzip though it says so', FILE, { 'content-encoding': 'gzip' }, 400, 'invalid_request'],
    ['is compressed otherwise', FILE, { 'content-encoding': 'br' }, 415, 'unsupported_media_type'],
    ['is of another type', '{}', { 'content-type': 'application/json' }, 415, 'unsupported_media_type'],
    ['is plain text', FILE, { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    [
      'is not UTF-8 by its charset',
      FILE,
      { 'content-type': 'text/csv; charset=latin1' },
      415,
      'unsupported_media_type',
    ],
  ])('because it %s leaves nothing behind', async (_, body, headers, status, code) => {
    const answer = await send(body, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ code });
    await nothingLeft();
  });

  it('has a query that is known', async () => {
    expect((await send(FILE, { query: '?dryRun=perhaps' })).status).toBe(400);
    expect((await send(FILE, { query: '?dry=true' })).status).toBe(400);
    await nothingLeft();
  });

  it('is refused with 413 by its announced length, before it is read', async () => {
    const answer = await send(randomBytes(1_000_001));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'body_too_large' });
    await nothingLeft();
  });

  it('is refused with 413 where it never ends, and its connection is closed', async () => {
    const sending = request(`${shop.url}/api/products/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'transfer-encoding': 'chunked', ...staff.bearer },
    });
    const answered = once(sending, 'response');
    const closed = new Promise<void>((resolve) => sending.on('close', () => resolve()));
    sending.on('error', () => undefined);
    const noise = randomBytes(65_536);
    const drip = setInterval(() => sending.destroyed || sending.write(noise), 5);
    const [answer] = await answered;
    expect(answer.statusCode).toBe(413);
    answer.resume();
    await closed;
    clearInterval(drip);
    await nothingLeft();
  });

  it('goes away where its sender hangs up, or falls silent', async () => {
    for (const hangUp of [true, false]) {
      const sending = request(`${shop.url}/api/products/import`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv', 'content-length': '900000', ...staff.bearer },
      });
      sending.on('error', () => undefined);
      const answered = once(sending, 'response').catch(() => []);
      sending.write(rowsOf(1_000));
      await eventually(async () => expect(await count('catalogue_imports')).toBe(1));
      if (hangUp) sending.destroy();
      else {
        const [answer] = await answered;
        expect(answer.statusCode).toBe(400);
      }
      await nothingLeft();
    }
  });

  it('may take longer than any other request, as long as it goes on', async () => {
    const sending = request(`${shop.url}/api/products/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'transfer-encoding': 'chunked', ...staff.bearer },
    });
    sending.write('sku,name,price\n');
    for (let i = 0; i < 5; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      sending.write(`S${i},Slow ${i},1.00\n`);
    }
    sending.end();
    const [answer] = await once(sending, 'response');
    expect(answer.statusCode).toBe(202);
  }, 20_000);

  it('that was left by a crash is swept away in time', async () => {
    const now = shop.clock.now().getTime();
    for (const touched of [now, now - 3_700_000]) {
      await shop.db.query(
        `INSERT INTO catalogue_imports (id, status, format, dry_run, actor, total_bytes, read_bytes, line, processed, created,
           updated, unchanged, refused, categories, problems, attempts, created_at, touched_at)
         VALUES ($1, 'receiving', 'csv', false, 'system', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $2, $2)`,
        [randomUUID(), new Date(touched)],
      );
    }
    expect((await get('/api/imports')).body.items).toEqual([]);
    await shop.app.get(ImportJobs, { strict: false }).sweep(new AbortController().signal);
    const { rows } = await shop.db.query('SELECT touched_at FROM catalogue_imports');
    expect(rows).toEqual([{ touched_at: new Date(now) }]);
  });
});

describe('imports', () => {
  it('are listed newest first, by page and by cursor', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.unshift((await run(`sku,name,price\nS${i},x,1\n`)).id);
    const { body } = await get('/api/imports?perPage=2').expect(200);
    expect(body).toMatchObject({ page: 1, perPage: 2, total: 3 });
    const next = await get(`/api/imports?perPage=2&cursor=${body.nextCursor}`).expect(200);
    expect([...body.items, ...next.body.items].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(next.body.nextCursor).toBeNull();
  });

  it('that are not there are not found', async () => {
    for (const path of ['', '/errors', '/events']) {
      for (const id of [randomUUID(), 'nonsense']) {
        const { body } = await get(`/api/imports/${id}${path}`).expect(404);
        expect(body.code).toBe('import_not_found');
      }
    }
    await shop.http.post(`/api/imports/${randomUUID()}/cancel`).set(staff.bearer).expect(404);
  });

  it('can be cancelled while they wait or run, and not after', async () => {
    const waiting = await shop.db.connect();
    await waiting.query('BEGIN');
    await waiting.query('LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
    const first = (await (await send(rowsOf(1_200))).json()) as ImportState;
    const second = (await (await send(FILE)).json()) as ImportState;
    const running = async () => expect((await get(`/api/imports/${first.id}`)).body.status).toBe('running');
    await eventually(running);
    for (const { id } of [second, first]) {
      const { body } = await shop.http.post(`/api/imports/${id}/cancel`).set(staff.bearer).expect(200);
      expect(body).toMatchObject({ status: 'failed', failure: { code: 'cancelled', line: null } });
      const again = await shop.http.post(`/api/imports/${id}/cancel`).set(staff.bearer).expect(409);
      expect(again.body.code).toBe('invalid_transition');
    }
    await waiting.query('ROLLBACK');
    waiting.release();
    expect(await run('sku,name,price\nZ,z,1\n')).toMatchObject({ status: 'completed', created: 1 });
    expect(await count('products')).toBe(1);
    expect((await get(`/api/imports/${first.id}`)).body).toMatchObject({ status: 'failed', processed: 0 });
  });

  it('tell by events how far they are, until they end', async () => {
    const { id } = (await (await send(rowsOf(1_400))).json()) as ImportState;
    const answer = await fetch(`${shop.url}/api/imports/${id}/events`, { headers: staff.bearer });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const text = await answer.text();
    const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data]) => [
      event,
      JSON.parse(data ?? '').processed,
    ]);
    expect(events.at(-1)).toEqual(['completed', 1_400]);
    expect(events.slice(0, -1).every(([event]) => event === 'progress')).toBe(true);
  });

  it('are part of what the shop holds about their sender, who can be forgotten', async () => {
    const leaving = await createCustomer(shop, 'manager');
    const { id } = await importFile(shop, leaving, FILE);
    const { body } = await shop.http.get('/api/users/me/export').set(leaving.bearer).expect(200);
    expect(body.catalogueImports).toMatchObject([{ id, created: 2 }]);
    await shop.http.delete('/api/users/me').set(leaving.bearer).expect(204);
    expect((await get(`/api/imports/${id}`)).body.actorId).toBeNull();
  });
});

it('streams of events end when the server closes, though their import does not', async () => {
  const closing = await startApp({ WORKER: 'off' });
  try {
    const member = await createCustomer(closing, 'manager');
    const { id } = (await (await upload(closing, member, FILE)).json()) as ImportState;
    const answer = await fetch(`${closing.url}/api/imports/${id}/events`, { headers: member.bearer });
    const text = answer.text();
    await closing.app.close();
    expect(await text).toContain('event: progress');
  } finally {
    await closing.close().catch(() => undefined);
  }
});
