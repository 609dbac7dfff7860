import { createRequire } from 'node:module';
import { BackgroundThread } from '../threads/background-thread.js';
import type { Drawing } from './drawing.js';
import type { FaceMetrics, Weight } from './lettering.js';

/** A font file, and the weights that it serves. */
export interface FontFile {
  readonly path: string;
  readonly weights: readonly Weight[];
}

interface Calls {
  readonly metrics: { readonly arguments: []; readonly result: readonly FaceMetrics[] };
  readonly print: { readonly arguments: [drawing: Drawing]; readonly result: Uint8Array };
}

// fontkit unpacks a table of a WOFF file again for every glyph that it looks at, which takes seconds where the plain font
// takes milliseconds; `plain` lays the tables out as the font that they were (WOFF 1.0, W3C, sections 3 to 5).
// pdfkit embeds what is used of a font. Texts are laid out as a whole (features), not word by word, so that a run that
// is written from right to left stands in its order.
const SOURCE = `
const fontkit = require(workerData.fontkit);
const PDFDocument = require(workerData.pdfkit);
const { readFileSync } = require('node:fs');
const { inflateSync } = require('node:zlib');
const plain = (file) => {
  if (file.toString('latin1', 0, 4) !== 'wOFF') return file;
  const count = file.readUInt16BE(12);
  const head = Buffer.alloc(12 + 16 * count);
  file.copy(head, 0, 4, 8);
  head.writeUInt16BE(count, 4);
  const tables = [head];
  let end = head.length;
  for (let index = 0; index < count; index += 1) {
    const [from, to] = [44 + 20 * index, 12 + 16 * index];
    const [at, packed, length] = [4, 8, 12].map((field) => file.readUInt32BE(from + field));
    const bytes = file.subarray(at, at + packed);
    const table = Buffer.alloc(Math.ceil(length / 4) * 4);
    (packed < length ? inflateSync(bytes, { maxOutputLength: length }) : bytes).copy(table);
    file.copy(head, to, from, from + 4);
    file.copy(head, to + 4, from + 16, from + 20);
    head.writeUInt32BE(end, to + 8);
    head.writeUInt32BE(length, to + 12);
    tables.push(table);
    end += table.length;
  }
  return Buffer.concat(tables);
};
const open = ({ path }) => {
  const font = fontkit.create(plain(readFileSync(path)));
  if (typeof font.layout !== 'function') throw new Error('A collection of fonts is no font: ' + path);
  return font;
};
let opened;
const faces = () => (opened ??= workerData.files.map(open));
const draw = {
  text: (doc, { face, size, colour, x, y, text }) =>
    doc.font(faces()[face], 'face' + face, size).fillColor(colour)
      .text(text, x, y, { lineBreak: false, baseline: 'alphabetic', features: [] }),
  line: (doc, { from, to, width, colour }) => doc.moveTo(...from).lineTo(...to).lineWidth(width).stroke(colour),
  box: (doc, { x, y, width, height, colour }) => doc.rect(x, y, width, height).fill(colour),
};
const metricsOf = (font, { weights }) => {
  const codePoints = Uint32Array.from(font.characterSet);
  const advanceOf = (codePoint) => (font.glyphForCodePoint(codePoint).advanceWidth * 1000) / font.unitsPerEm;
  return { weights, codePoints, advances: Float32Array.from(codePoints, advanceOf) };
};
const calls = {
  metrics: () => faces().map((font, index) => metricsOf(font, workerData.files[index])),
  print: ({ title, author, subject, createdAt, pages }) =>
    new Promise((resolve, reject) => {
      const info = { Title: title, Author: author, Subject: subject, Creator: 'Tradepost', Producer: 'Tradepost',
        CreationDate: createdAt };
      const doc = new PDFDocument({ size: 'A4', margin: 0, autoFirstPage: false, font: null, pdfVersion: '1.7',
        lang: 'en', displayTitle: true, info });
      const parts = [];
      doc.on('data', (part) => parts.push(part));
      doc.on('end', () => resolve(Buffer.concat(parts)));
      doc.on('error', reject);
      for (const marks of pages) {
        doc.addPage();
        for (const mark of marks) draw[mark.kind](doc, mark);
      }
      doc.end();
    }),
};`;

/** A thread that makes PDF files. */
export class PdfThread {
  private readonly thread: BackgroundThread<Calls>;

  constructor(files: readonly FontFile[]) {
    const { resolve } = createRequire(import.meta.url);
    const packages = { fontkit: resolve('fontkit'), pdfkit: resolve('pdfkit') };
    this.thread = new BackgroundThread<Calls>('prints', SOURCE, { files, ...packages });
  }

  /** What the fonts have; they are read at the first call. */
  metrics(): Promise<readonly FaceMetrics[]> {
    return this.thread.call('metrics');
  }

  async print(drawing: Drawing): Promise<Buffer> {
    const { buffer, byteOffset, byteLength } = await this.thread.call('print', drawing);
    return Buffer.from(buffer, byteOffset, byteLength);
  }

  stop(): Promise<void> {
    return this.thread.stop();
  }
}
