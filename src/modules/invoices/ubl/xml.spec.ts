import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { invoiceDocument } from '../../../../test/factories/invoice-document.js';
import { SAMPLES } from '../../../../test/factories/sample-invoices.js';
import { toUbl } from './ubl.js';
import { escapeXml, writeXml } from './xml.js';

const parser = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
});

/** As XML 1.0 has it, section 2.2; surrogates that stand alone are none either. */
const isChar = (code: number): boolean =>
  [0x9, 0xa, 0xd].includes(code) ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  code >= 0x10000;
const kept = (text: string): string =>
  [...text].map((character) => (isChar(character.codePointAt(0) ?? 0) ? character : '\ufffd')).join('');

const anyText = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom(...'&<>"\'\r\n\t\0\ud800\udfff\uffff]')),
  minLength: 1,
});

describe('the writer of XML', () => {
  it('gives any text back from elements and attributes, with what XML cannot hold replaced', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, value) => {
        const xml = writeXml(['root', [['a', text || '-', { b: value }], undefined, ['c', []]]]);
        const { root } = parser.parse(xml);
        expect(root.a).toMatchObject({ '@_b': kept(value), '#text': kept(text || '-') });
      }),
      { numRuns: 1_000 },
    );
  });

  it('is well-formed UTF-8 whatever is written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeXml(text).isWellFormed()).toBe(true);
        expect(escapeXml(text)).not.toMatch(/[<>"\r\n\t]/);
        expect([...escapeXml(text)].every((character) => isChar(character.codePointAt(0) ?? 0))).toBe(true);
      }),
    );
  });

  it('keeps names of people and products as they are', () => {
    const name = 'Ærø & <Søn> "Ltd" – 日本 🎉 ]]>';
    const { Invoice } = parser.parse(toUbl(invoiceDocument({ lines: [{ name, sku: "a'b" }] })));
    expect(Invoice['cac:InvoiceLine']['cac:Item']).toMatchObject({
      'cbc:Name': name,
      'cac:SellersItemIdentification': { 'cbc:ID': "a'b" },
    });
  });

  it('writes one element after another, each on its line', () => {
    expect(toUbl(SAMPLES['usd-unregistered'] ?? invoiceDocument())).toMatch(
      /\n {2}<cbc:ID>INV-2026-000001<\/cbc:ID>\n/,
    );
  });
});
