import fc from 'fast-check';
import { creditNote, invoiceDocument } from '../../../../test/factories/invoice-document.js';
import { SAMPLES } from '../../../../test/factories/sample-invoices.js';
import { groupBy } from '../../../common/group-by.js';
import { A4, type Drawing, type DrawnText } from '../../../platform/documents/drawing.js';
import { Lettering } from '../../../platform/documents/lettering.js';
import type { InvoiceDocument } from '../invoice-document.js';
import { drawInvoice } from './invoice-paper.js';

// Every character of the Basic Multilingual Plane but CJK, all of them as wide.
const codePoints = Uint32Array.from({ length: 0x2fff }, (_, index) => index + 1);
const advances = Float32Array.from(codePoints, () => 550);
const lettering = new Lettering([
  { weights: ['regular', 'bold'], codePoints, advances },
  { weights: ['regular', 'bold'], codePoints: Uint32Array.of(0xfffd), advances: Float32Array.of(550) },
]);

const textsOf = (page: Drawing['pages'][number] | undefined): DrawnText[] =>
  (page ?? []).flatMap((mark) => (mark.kind === 'text' ? [mark] : []));
/** What stands on a page, the pieces of each line joined. */
const linesOf = (page: Drawing['pages'][number] | undefined): string[] => {
  const lines = groupBy(textsOf(page), ({ y }) => y);
  return [...lines].sort(([a], [b]) => a - b).map(([, marks]) => marks.map(({ text }) => text).join(' | '));
};
const draw = (document: InvoiceDocument): Drawing => drawInvoice(document, lettering);

describe('an invoice on paper', () => {
  it('names seller, buyer, number and dates, and says what each line and the whole cost', () => {
    const document = invoiceDocument({
      lines: [{ name: 'Mug', sku: 'MUG-1', unitPrice: 150_000n, quantity: 2, discount: 1_000n }],
      shipping: 490n,
    });
    const [page] = draw(document).pages;
    expect(linesOf(page)).toEqual([
      'Invoice number | INV-2026-000001',
      'Invoice',
      'Date of issue | 21 November 2026',
      'Sale | S-1001',
      'SELLER | BUYER',
      'Harbour Street Trading Ltd | Ada Lovelace',
      '4 Harbour Street | 12 St James’s Square',
      '20457 Hamburg | SW1Y 4LB London',
      'Germany | United Kingdom',
      'Tax ID DE123456789 | ada@example.com',
      'Amounts in USD',
      '# | Item | Quantity | Unit price | Discount | Tax | Line total',
      '1 | Mug | 2 | 1,500.00 | −10.00 | 0.00 | 2,990.00',
      'MUG-1',
      'Tax rate | Net amount | Tax',
      'Before discounts | 3,000.00',
      'Discounts | −10.00',
      'Zero-rated, 0 % | 2,994.90 | 0.00',
      'Subtotal | 2,990.00',
      'Shipping | 4.90',
      'Tax | 0.00',
      'Total USD | 2,994.90',
      'Paid | −2,994.90',
      'Amount due | 0.00',
      'Paid in full on 21 November 2026. Thank you for your purchase.',
      'Harbour Street Trading Ltd · Tax ID DE123456789 | Invoice INV-2026-000001 · Page 1 of 1',
    ]);
  });

  it('is called a credit note where it is one, and names the invoice that it corrects', () => {
    const drawing = draw(creditNote(invoiceDocument()));
    const lines = linesOf(drawing.pages[0]);
    expect(drawing.title).toBe('Credit note CN-2026-000001');
    expect(lines.slice(0, 2)).toEqual(['Credit note number | CN-2026-000001', 'Credit note']);
    expect(lines).toContain('Corrects invoice | INV-2026-000001');
    expect(lines).toContain('This credit note corrects invoice INV-2026-000001. The amount has been refunded.');
    expect(lines).toContain('Refunded | −19.99');
  });

  it('says how much tax there is at which rate', () => {
    const lines = linesOf(draw(SAMPLES['eur-taxed'] ?? invoiceDocument()).pages[0]).join('\n');
    expect(lines).toMatch(/^19 % \| 34\.89 \| 6\.63/m);
    expect(lines).toMatch(/^7 % \| 10\.00 \| 0\.70/m);
    expect(lines).toMatch(/^Zero-rated, 0 % \| 5\.00 \| 0\.00/m);
  });

  it('repeats the head of the table on every page that has lines, and numbers the pages', () => {
    const { pages } = draw(SAMPLES.long ?? invoiceDocument());
    expect(pages.length).toBeGreaterThan(5);
    const numbers: string[] = [];
    for (const [index, page] of pages.entries()) {
      const lines = linesOf(page);
      const items = lines.filter((line) => /^\d+ \| /.test(line));
      numbers.push(...items.map((line) => line.split(' ')[0] ?? ''));
      expect(lines.includes('# | Item | Quantity | Unit price | Discount | Tax | Line total')).toBe(items.length > 0);
      expect(lines.at(-1)).toContain(`Page ${index + 1} of ${pages.length}`);
    }
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => String(index + 1)));
  });

  it('shows what the fonts lack, and says so', () => {
    const lines = linesOf(draw(invoiceDocument({ lines: [{ name: '日本' }] })).pages[0]).join('\n');
    expect(lines).toContain('��');
    expect(lines).toContain('Characters shown as');
    expect(linesOf(draw(invoiceDocument()).pages[0]).join('\n')).not.toContain('Characters shown as');
  });

  it('keeps everything on the page and above its foot, whatever the names and amounts', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abc äΩ-wWm/'), minLength: 1, maxLength: 300 });
    const line = fc.record({
      name: text,
      sku: text,
      unitPrice: fc.bigInt({ min: 0n, max: 1_000_000_000_000n }),
      quantity: fc.integer({ min: 1, max: 999 }),
    });
    const party = fc.record({ name: text, address: fc.array(text, { maxLength: 4 }), taxId: text });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), party, (lines, { name, address, taxId }) => {
        const whose = { name, address, taxId, country: 'GB', email: null };
        for (const page of draw(invoiceDocument({ lines, seller: whose, buyer: whose })).pages) {
          const texts = textsOf(page);
          const foot = Math.max(...texts.map(({ y }) => y));
          for (const { x, y, text: drawn, size } of texts) {
            expect(x).toBeGreaterThanOrEqual(40);
            expect(x + ([...drawn].length * size * 550) / 1_000).toBeLessThanOrEqual(A4.width - 45);
            expect(y === foot || y < A4.height - 70).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
