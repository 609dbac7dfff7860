import { groupBy } from '../../common/group-by.js';
import { divide, WHOLE } from '../../common/rounding.js';
import type { InvoiceLine } from './invoice-content.js';
import type { InvoiceRow } from './invoice-row.js';
import { type Taxed, type TaxedAmount, withTaxRates } from './invoice-taxes.js';

/** A line, or what stands in for the lines; its amounts are without tax, the price of a piece maybe in fractions. */
export type KeptLine = Omit<InvoiceLine, 'productId' | 'sku' | 'tax' | 'includedTax' | 'taxRate'> & {
  readonly sku: string | null;
  /** Ten-thousandths of a minor unit that come to the price of a piece. */
  readonly fraction?: bigint;
};

/** Why a part that concerns the whole document is there, and the codes of that where it takes off or adds. */
export interface Reason {
  readonly reason: string;
  readonly allowanceCode: string;
  readonly chargeCode: string;
}

/** One of the amounts that add up to the document before tax, in minor units: a line, or what concerns all. */
export type Part = TaxedAmount & ({ readonly line: KeptLine } | { readonly because: Reason });

// UNCL7161: freight service. UNCL5189: discount; both have ZZZ for what was agreed on.
const SHIPPING: Reason = { reason: 'Shipping', allowanceCode: 'ZZZ', chargeCode: 'FC' };
const REST: Reason = { reason: 'Adjustment', allowanceCode: '95', chargeCode: 'ZZZ' };

/** What a category and rate of tax come to. */
export interface TaxSum extends Taxed {
  readonly base: bigint;
  readonly tax: bigint;
}

/** Of a minor unit, as finely as prices without their tax are told. */
const FRACTIONS = 10_000n;

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n);

/** What a document consists of, each part with its tax and the rate of that. */
export function taxedPartsOf(document: InvoiceRow): (Part & Taxed)[] {
  return withTaxRates(partsOf(document), document.seller.taxId);
}

/** The tax breakdown: by category and rate, the highest rate first. */
export function taxSumsOf(amounts: readonly (TaxedAmount & Taxed)[]): TaxSum[] {
  const groups = groupBy(amounts, ({ taxed: { category, rate } }) => `${category} ${rate}`);
  const sums = [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    return [
      { taxed: first.taxed, base: sum(members.map((each) => each.amount)), tax: sum(members.map((each) => each.tax)) },
    ];
  });
  return sums.sort((a, b) => Number(b.taxed.rate - a.taxed.rate));
}

/**
 * The lines, the shipping, and what else the totals of the document hold. The tax of the shipping is what the lines
 * leave of that of the document; without shipping it belongs to the largest part, which it can hardly change.
 */
function partsOf(document: InvoiceRow): Part[] {
  const kept = linesOf(document);
  const lines = kept.map(lineOf);
  const charged = sum(kept.map(({ lineTotal, discount }) => BigInt(lineTotal) - BigInt(discount)));
  const rest = document.subtotal - document.discount - charged;
  const others = [shippingOf(document), { amount: rest, tax: 0n, because: REST }].filter(({ amount }) => amount !== 0n);
  const taxLeft = document.tax - sum(kept.map(({ tax }) => BigInt(tax)));
  const parts: Part[] = [...lines, ...others];
  if (taxLeft === 0n) return parts;
  const shipping = parts.find((part) => 'because' in part && part.because === SHIPPING);
  const bearer = shipping ?? parts.reduce((most, part) => (part.amount > most.amount ? part : most));
  return parts.map((part) => (part === bearer ? { ...part, tax: part.tax + taxLeft } : part));
}

type PricedLine = Omit<InvoiceLine, 'productId' | 'sku'> & { readonly sku: string | null };

/** A line without its tax. Where that is in the price, the price without it need not be a whole number of minor units. */
function lineOf({ tax, includedTax, taxRate, ...line }: PricedLine): Part {
  const rate = typeof taxRate === 'number' ? BigInt(taxRate) : undefined;
  const included = BigInt(includedTax ?? 0);
  const charged = BigInt(line.lineTotal) - BigInt(line.discount);
  const part = { amount: charged - included, tax: BigInt(tax) + included, rate };
  if (included === 0n || rate === undefined) return { ...part, line };
  const without = divide(BigInt(line.lineTotal) * WHOLE, WHOLE + rate, 'half-up');
  const lineTotal = line.discount === '0' || without < part.amount ? part.amount : without;
  const exact = divide(lineTotal * FRACTIONS, BigInt(line.quantity), 'half-up');
  const prices = { unitPrice: String(exact / FRACTIONS), fraction: exact % FRACTIONS };
  const amounts = { lineTotal: String(lineTotal), discount: String(lineTotal - part.amount) };
  return { ...part, line: { ...line, ...amounts, ...prices } };
}

function shippingOf({ shipping, prices_include_tax, shipping_tax, shipping_tax_rate }: InvoiceRow): Part {
  const included = prices_include_tax ? (shipping_tax ?? 0n) : 0n;
  const rate = shipping_tax_rate === null ? undefined : BigInt(shipping_tax_rate);
  return { amount: shipping - included, tax: included, rate, because: SHIPPING };
}

/** The standard asks for a line (BR-16) also of a document that has none, such as a credit of a mere amount. */
function linesOf({ kind, lines, subtotal, discount, sale_number }: InvoiceRow): readonly PricedLine[] {
  if (lines.length > 0) return lines;
  const amounts = { unitPrice: String(subtotal), discount: String(discount), tax: '0', lineTotal: String(subtotal) };
  const name = `${kind === 'invoice' ? 'Sale' : 'Credit for sale'} ${sale_number}`;
  return [{ name, sku: null, quantity: 1, ...amounts }];
}
