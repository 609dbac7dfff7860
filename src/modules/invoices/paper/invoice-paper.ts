import type { Drawing } from '../../../platform/documents/drawing.js';
import { A4 } from '../../../platform/documents/drawing.js';
import type { Lettering } from '../../../platform/documents/lettering.js';
import type { InvoiceParty } from '../invoice-content.js';
import type { InvoiceDocument } from '../invoice-document.js';
import { drawLines } from './lines-table.js';
import { GREY, leading, MARGIN, RIGHT, Sheets, STYLES } from './sheets.js';
import { drawTotals } from './totals.js';
import { day, particulars } from './wording.js';

/** The middle of the page, where the second column begins. */
const MIDDLE = A4.width / 2 + 10;
const COLUMN = MIDDLE - MARGIN - 20;

const TITLES = { invoice: 'Invoice', credit_note: 'Credit note' } as const;

/** An invoice or credit note on A4. */
export function drawInvoice(document: InvoiceDocument, lettering: Lettering): Drawing {
  const sheets = new Sheets(lettering);
  drawHead(sheets, document);
  drawParties(sheets, document);
  drawLines(sheets, document);
  drawTotals(sheets, document);
  sheets.finish((page, pages) => drawFoot(sheets, document, page, pages));
  const title = `${TITLES[document.kind]} ${document.number}`;
  return {
    title,
    author: document.seller.name,
    subject: `${title} for sale ${document.sale_number}`,
    createdAt: document.issued_at,
    pages: sheets.pages,
  };
}

function drawHead(sheets: Sheets, document: InvoiceDocument): void {
  sheets.write(TITLES[document.kind], MARGIN, sheets.y - 4, STYLES.title);
  const facts: (readonly [string, string])[] = [
    [document.kind === 'invoice' ? 'Invoice number' : 'Credit note number', document.number],
    ['Date of issue', day(document.issued_at)],
    ['Sale', document.sale_number],
  ];
  if (document.corrected_number !== null) {
    facts.push(['Corrects invoice', document.corrected_number]);
    if (document.corrected_at !== null) facts.push(['Date of that invoice', day(document.corrected_at)]);
  }
  let y = sheets.y;
  for (const [name, value] of facts) {
    sheets.write(name, MIDDLE, y, { ...STYLES.text, colour: GREY });
    y = sheets.block(sheets.lines(value, RIGHT - MIDDLE - 100, STYLES.text), RIGHT, y, STYLES.text, 'right');
  }
  sheets.y = y + 22;
}

function drawParties(sheets: Sheets, { seller, buyer }: InvoiceDocument): void {
  const ends = [drawParty(sheets, 'SELLER', seller, MARGIN), drawParty(sheets, 'BUYER', buyer, MIDDLE)];
  sheets.y = Math.max(...ends) + 24;
}

function drawParty(sheets: Sheets, role: string, party: InvoiceParty, x: number): number {
  let y = sheets.y;
  sheets.write(role, x, y, STYLES.heading);
  y += leading(STYLES.heading) + 3;
  y = sheets.block(sheets.lines(party.name, COLUMN, STYLES.name), x, y, STYLES.name) + 1;
  for (const line of particulars(party)) {
    y = sheets.block(sheets.lines(line, COLUMN, STYLES.text), x, y, STYLES.text);
  }
  return y;
}

function drawFoot(sheets: Sheets, { kind, number, seller }: InvoiceDocument, page: number, pages: number): void {
  const y = A4.height - 50;
  sheets.rule(y - 8);
  const whose = [seller.name, ...(seller.taxId === null ? [] : [`Tax ID ${seller.taxId}`])].join(' · ');
  const [line = ''] = sheets.lines(whose, 300, STYLES.small);
  sheets.write(line, MARGIN, y, STYLES.small);
  sheets.write(`${TITLES[kind]} ${number} · Page ${page} of ${pages}`, RIGHT, y, STYLES.small, 'right');
}
