import { formatPercent } from '../../../common/percent.js';
import type { InvoiceDocument } from '../invoice-document.js';
import { type TaxSum, taxedPartsOf, taxSumsOf } from '../invoice-parts.js';
import type { TaxCategory } from '../invoice-taxes.js';
import { GREY, leading, MARGIN, RIGHT, type Sheets, STYLES, type Style } from './sheets.js';
import { day, less, money } from './wording.js';

const LABELS_LEFT = RIGHT - 220;

interface Sum {
  readonly label: string;
  readonly amount: string;
  readonly style: Style;
}

const UNTAXED: Readonly<Record<Exclude<TaxCategory, 'S'>, string>> = {
  Z: 'Zero-rated, 0 %',
  O: 'Not subject to VAT',
};

/** What the lines come to, the tax by rate, and that it is settled. */
export function drawTotals(sheets: Sheets, document: InvoiceDocument): void {
  const sums = sumsOf(document);
  const taxes = taxSumsOf(taxedPartsOf(document));
  const height = sums.length * (leading(STYLES.text) + 3) + 30;
  sheets.need(Math.max(height, (taxes.length + 2) * leading(STYLES.text) + 20));
  const { y } = sheets;
  const left = drawTaxes(sheets, taxes, document.currency, y);
  const right = drawSums(sheets, sums, y);
  sheets.y = Math.max(left, right) + 18;
  drawRemarks(sheets, document);
}

function sumsOf(document: InvoiceDocument): Sum[] {
  const { currency, subtotal, discount, shipping, tax, total, kind, prices_include_tax: pricesIncludeTax } = document;
  const plain = (label: string, amount: string): Sum => ({ label, amount, style: STYLES.text });
  const settled = kind === 'invoice' ? 'Paid' : 'Refunded';
  return [
    ...(discount === 0n ? [] : [plain('Before discounts', money(subtotal, currency))]),
    ...(discount === 0n ? [] : [plain('Discounts', less(discount, currency))]),
    plain('Subtotal', money(subtotal - discount, currency)),
    ...(shipping === 0n ? [] : [plain('Shipping', money(shipping, currency))]),
    ...(pricesIncludeTax ? [] : [plain('Tax', money(tax, currency))]),
    { label: `Total ${currency}`, amount: money(total, currency), style: { ...STYLES.name } },
    ...(pricesIncludeTax ? [plain('Tax included', money(includedTaxOf(document), currency))] : []),
    plain(settled, less(total, currency)),
    { label: 'Amount due', amount: money(0n, currency), style: STYLES.strong },
  ];
}

/** Where prices include tax, the total has it already. */
function includedTaxOf(document: InvoiceDocument): bigint {
  return taxSumsOf(taxedPartsOf(document)).reduce((all, { tax }) => all + tax, 0n);
}

function drawSums(sheets: Sheets, sums: readonly Sum[], from: number): number {
  let y = from;
  for (const { label, amount, style } of sums) {
    if (style.size > STYLES.text.size) {
      sheets.rule(y + 1, LABELS_LEFT, RIGHT, 0.8, '#888888');
      y += 6;
    }
    sheets.write(label, LABELS_LEFT, y, style);
    sheets.write(amount, RIGHT, y, style, 'right');
    y += leading(style) + 3;
  }
  return y;
}

/** The tax breakdown that an invoice must have: base and tax of each rate. */
function drawTaxes(sheets: Sheets, taxes: readonly TaxSum[], currency: string, from: number): number {
  const [rateLeft, baseRight, taxRight] = [MARGIN, MARGIN + 170, MARGIN + 240];
  let y = from;
  sheets.write('Tax rate', rateLeft, y, STYLES.heading);
  sheets.write('Net amount', baseRight, y, STYLES.heading, 'right');
  sheets.write('Tax', taxRight, y, STYLES.heading, 'right');
  y += leading(STYLES.heading) + 2;
  sheets.rule(y, MARGIN, taxRight);
  y += 4;
  for (const { taxed, base, tax } of taxes) {
    const { category, rate } = taxed;
    const label = category === 'S' ? `${formatPercent(rate)} %` : UNTAXED[category];
    sheets.write(label, rateLeft, y, STYLES.text);
    sheets.write(money(base, currency), baseRight, y, STYLES.text, 'right');
    sheets.write(money(tax, currency), taxRight, y, STYLES.text, 'right');
    y += leading(STYLES.text) + 2;
  }
  return y;
}

function drawRemarks(sheets: Sheets, document: InvoiceDocument): void {
  const remarks = [remark(document)];
  if (sheets.isMissing) {
    remarks.push(
      'Characters shown as \u{fffd} are not in the fonts of this document. The electronic form (XML) has them as they are.',
    );
  }
  for (const text of remarks) {
    const lines = sheets.lines(text, RIGHT - MARGIN, { ...STYLES.text, colour: GREY });
    sheets.need(lines.length * leading(STYLES.text));
    sheets.y = sheets.block(lines, MARGIN, sheets.y, { ...STYLES.text, colour: GREY }) + 2;
  }
}

function remark({ kind, issued_at, corrected_number }: InvoiceDocument): string {
  if (kind === 'invoice') return `Paid in full on ${day(issued_at)}. Thank you for your purchase.`;
  const what = corrected_number === null ? 'an invoice' : `invoice ${corrected_number}`;
  return `This credit note corrects ${what}. The amount has been refunded.`;
}
