import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { guardCell } from '../../../platform/files/csv-cells.js';
import { csvRows } from './csv-rows.js';
import { ndjsonRows } from './ndjson-rows.js';
import type { FilledRow, RawRow } from './raw-row.js';

interface Reading {
  readonly rows: FilledRow[];
  readonly error?: unknown;
}

async function readAll(pieces: AsyncIterable<Iterable<RawRow>>): Promise<Reading> {
  const read: FilledRow[] = [];
  try {
    for await (const rows of pieces) for (const row of rows) if (!row.blank) read.push(row);
  } catch (error) {
    return { rows: read, error };
  }
  return { rows: read };
}

/** A file that arrives in pieces of a few bytes. */
function inPieces(text: string | Buffer, size = 7): Readable {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return Readable.from(pieces);
}

const csv = (text: string | Buffer): Promise<Reading> => readAll(csvRows(inPieces(text)));
const ndjson = (text: string | Buffer): Promise<Reading> => readAll(ndjsonRows(inPieces(text)));
const header = 'sku,name,price\n';

test('CSV rows know the line that they start on, over quoted line breaks and empty lines', async () => {
  const { rows, error } = await csv(`\ufeffsku,name,price\r\n1,"a\r\nb ""c""",1\r\n\r\n2,é,2\r\n3,x,3`);
  expect(error).toBeUndefined();
  expect(rows).toEqual([
    { line: 2, fields: { sku: '1', name: 'a\r\nb "c"', price: '1' } },
    { line: 5, fields: { sku: '2', name: 'é', price: '2' } },
    { line: 6, fields: { sku: '3', name: 'x', price: '3' } },
  ]);
});

test('a CSV row with too few or too many columns is a bad row, and reading goes on', async () => {
  const { rows } = await csv(`${header}1,a\n2,b,2,x\n3,c,3\n`);
  expect(rows).toEqual([
    { line: 2, problem: { column: '', code: 'malformed', reason: 'has 2 columns instead of 3' } },
    { line: 3, problem: { column: '', code: 'malformed', reason: 'has 4 columns instead of 3' } },
    { line: 4, fields: { sku: '3', name: 'c', price: '3' } },
  ]);
});

test.each([
  ['ends inside quotes', `${header}1,a,1\n2,"b`, 3, /ends inside quotes/],
  ['ends in the middle of a row', `${header}1,a,1\n2,b`, 3, /middle of a row/],
  ['has a stray quote', `${header}1,a,1\n2,"b"c,2\n3,c,3\n`, 3, /quote/],
  [
    'is not UTF-8',
    Buffer.concat([Buffer.from(`${header}1,a,1\n2,`), Buffer.from([0xe9]), Buffer.from(',2\n')]),
    3,
    /UTF-8/,
  ],
])('a CSV file that %s is read up to there, and the line is told', async (_, text, line, message) => {
  const { rows, error } = await csv(text);
  expect(rows).toEqual([{ line: 2, fields: { sku: '1', name: 'a', price: '1' } }]);
  expect(error).toMatchObject({ line, message: expect.stringMatching(message) });
});

test('a quote that is never closed does not take the whole file into memory', async () => {
  const file = `${header}1,"a,1\n${'2,b,2\n'.repeat(300_000)}`.slice(0, 1_500_000);
  const { error } = await readAll(csvRows(inPieces(file, 4_096)));
  expect(error).toMatchObject({ message: expect.stringMatching(/longer than/) });
});

test('an empty file is told to be empty', async () => {
  expect((await csv('')).error).toMatchObject({ line: 1, message: 'The file is empty' });
});

test('a source that fails tells the line that it had reached', async () => {
  const whole = gzipSync(`${header}${'1,a,1\n'.repeat(50_000)}`);
  const cut = async function* () {
    yield Buffer.from(`${header}1,a,1\n2,b,`);
    await Promise.resolve();
    yield gunzipSync(whole.subarray(0, whole.length - 20));
  };
  const { rows, error } = await readAll(csvRows(cut()));
  expect(rows).toHaveLength(1);
  expect(error).toMatchObject({ line: 3, message: expect.stringMatching(/breaks off or is damaged/) });
});

test('NDJSON rows that are no objects, or have unknown fields, are bad rows', async () => {
  const { rows, error } = await ndjson('{"sku":"1"}\n\n[1]\nnot json\n{"sku":"2","colour":"red"}\n{"sku":"3"}');
  expect(error).toBeUndefined();
  expect(rows.map(({ line, problem }) => [line, problem?.reason.slice(0, 20)])).toEqual([
    [1, undefined],
    [3, 'is not an object'],
    [4, 'is not JSON'],
    [5, 'has an unknown field'],
    [6, undefined],
  ]);
});

test('an NDJSON file that was cut off is told so', async () => {
  const { rows, error } = await ndjson('{"sku":"1"}\n{"sku":"2');
  expect(rows).toHaveLength(1);
  expect(error).toMatchObject({ line: 2, message: expect.stringMatching(/middle of a row/) });
});

test('whatever a cell holds comes back as it was, however the file is cut into pieces', async () => {
  const cell = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const rowsOf = fc.array(fc.record({ sku: cell, name: cell, price: cell }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(rowsOf, fc.integer({ min: 1, max: 40 }), async (given, size) => {
      const quote = (text: string): string => `"${guardCell(text).replaceAll('"', '""')}"`;
      const lines = given.map(({ sku, name, price }) => [sku, name, price].map(quote).join(','));
      const text = `${header}${lines.join('\n')}\n`;
      const { rows, error } = await readAll(csvRows(inPieces(text, size)));
      expect(error).toBeUndefined();
      expect(rows.map((row) => (row.problem === undefined ? row.fields : undefined))).toEqual(given);
    }),
    { numRuns: 50 },
  );
});
