import { formatPercent } from '../../../common/percent.js';
import type { InvoiceLine } from '../invoice-content.js';
import type { InvoiceDocument } from '../invoice-document.js';
import { HAIR, leading, MARGIN, RIGHT, type Sheets, STYLES } from './sheets.js';
import { less, money } from './wording.js';

interface Column {
  readonly title: string;
  readonly value: (line: InvoiceLine, index: number) => string;
}

/** Columns of numbers and their right edges; the item takes what they leave. */
interface Layout {
  readonly columns: readonly (Column & { readonly right: number })[];
  readonly itemWidth: number;
}

const NUMBER_WIDTH = 24;
const GAP = 12;
const PADDING = 4;
const ITEM_LEFT = MARGIN + NUMBER_WIDTH;

/** Every line with what it costs, the head of the table again on each page; no table where there are none. */
export function drawLines(sheets: Sheets, document: InvoiceDocument): void {
  if (document.lines.length === 0) return;
  const layout = layOut(sheets, document);
  drawHeader(sheets, layout, document.currency);
  for (const [index, line] of document.lines.entries()) drawLine(sheets, layout, line, index, document.currency);
  sheets.y += 8;
}

/** Where no line has a discount, there is no column for it. */
function columnsOf({ lines, currency }: InvoiceDocument): Column[] {
  const discounted = lines.some(({ discount }) => BigInt(discount) !== 0n);
  const discount: Column = { title: 'Discount', value: (line) => less(BigInt(line.discount), currency) };
  const rate: Column = { title: 'Rate', value: (line) => `${formatPercent(line.taxRate ?? 0)} %` };
  return [
    { title: 'Quantity', value: ({ quantity }) => String(quantity) },
    { title: 'Unit price', value: ({ unitPrice }) => money(BigInt(unitPrice), currency) },
    ...(discounted ? [discount] : []),
    ...(lines.some(({ taxRate }) => (taxRate ?? 0) > 0) ? [rate] : []),
    { title: 'Tax', value: (line) => money(BigInt(line.tax) + BigInt(line.includedTax ?? 0), currency) },
    {
      title: 'Line total',
      value: ({ lineTotal, discount: off }) => money(BigInt(lineTotal) - BigInt(off), currency),
    },
  ];
}

function layOut(sheets: Sheets, document: InvoiceDocument): Layout {
  let right = RIGHT;
  const columns = columnsOf(document)
    .reverse()
    .map((column) => {
      const values = [column.title, ...document.lines.map(column.value)];
      const widest = Math.max(...values.map((value) => sheets.widthOf(value, STYLES.strong)));
      const placed = { ...column, right };
      right -= widest + GAP;
      return placed;
    })
    .reverse();
  return { columns, itemWidth: right - ITEM_LEFT };
}

function drawHeader(sheets: Sheets, { columns }: Layout, currency: string): void {
  const { y } = sheets;
  sheets.write('#', MARGIN, y, STYLES.heading);
  sheets.write('Item', ITEM_LEFT, y, STYLES.heading);
  for (const { title, right } of columns) sheets.write(title, right, y, STYLES.heading, 'right');
  sheets.write(`Amounts in ${currency}`, RIGHT, y - 12, STYLES.small, 'right');
  sheets.rule(y + leading(STYLES.heading) + 2, MARGIN, RIGHT, 0.8, '#888888');
  sheets.y = y + leading(STYLES.heading) + 2 + PADDING;
}

function drawLine(sheets: Sheets, layout: Layout, line: InvoiceLine, index: number, currency: string): void {
  const name = sheets.lines(line.name, layout.itemWidth, STYLES.text);
  const sku = sheets.lines(line.sku, layout.itemWidth, STYLES.small);
  const height = name.length * leading(STYLES.text) + sku.length * leading(STYLES.small) + 2 * PADDING;
  if (sheets.need(height)) {
    sheets.y += 12;
    drawHeader(sheets, layout, currency);
  }
  const { y } = sheets;
  sheets.write(String(index + 1), MARGIN, y, { ...STYLES.small, size: STYLES.text.size });
  const below = sheets.block(name, ITEM_LEFT, y, STYLES.text);
  sheets.block(sku, ITEM_LEFT, below, STYLES.small);
  for (const { value, right } of layout.columns) sheets.write(value(line, index), right, y, STYLES.text, 'right');
  sheets.rule(y + height - PADDING, MARGIN, RIGHT, 0.4, HAIR);
  sheets.y = y + height;
}
