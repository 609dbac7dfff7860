import { formatMoney, minorDigits } from '../../../common/money.js';
import type { InvoiceDocument } from '../invoice-document.js';
import { type KeptLine, type Reason, type TaxSum, taxedPartsOf, taxSumsOf } from '../invoice-parts.js';
import type { Taxed } from '../invoice-taxes.js';
import { CumulativeRounding, MOST_DECIMALS } from './rounding.js';

/** A line (BG-25). Amounts are in units of the document's `decimals`. */
export interface EInvoiceLine extends Taxed {
  readonly name: string;
  readonly sku: string | null;
  readonly quantity: number;
  /** Item net price (BT-146), with as many decimals as the currency has. */
  readonly unitPrice: string;
  /** Quantity × price, before the allowance. */
  readonly gross: bigint;
  /** BT-136. */
  readonly allowance: bigint;
  /** BT-131: after the allowance. */
  readonly net: bigint;
}

/** An allowance (BG-20) or charge (BG-21) of the whole document. */
export interface EInvoiceAdjustment extends Taxed {
  readonly isCharge: boolean;
  readonly reason: string;
  /** Of UNCL5189 for an allowance, of UNCL7161 for a charge. */
  readonly reasonCode: string;
  /** Positive. */
  readonly amount: bigint;
}

/** BG-22. */
export interface EInvoiceTotals {
  /** BT-106: sum of the lines. */
  readonly lineTotal: bigint;
  /** BT-107. */
  readonly allowanceTotal: bigint;
  /** BT-108. */
  readonly chargeTotal: bigint;
  /** BT-109. */
  readonly withoutTax: bigint;
  /** BT-110. */
  readonly taxTotal: bigint;
  /** BT-112. */
  readonly withTax: bigint;
}

/** The amounts of a document as EN 16931 has them: they obey its rules BR-CO-10 to BR-CO-16 to the last digit. */
export interface EInvoice extends EInvoiceTotals {
  /** Decimals of every amount but unit prices. */
  readonly decimals: number;
  /** Whether an amount has fewer decimals here than in the books. */
  readonly isRounded: boolean;
  readonly lines: readonly EInvoiceLine[];
  readonly adjustments: readonly EInvoiceAdjustment[];
  /** BG-23, with BT-116 and BT-117; the highest rate first. */
  readonly taxes: readonly TaxSum[];
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n);

/** Works out what an electronic invoice says of amounts. */
export function toEInvoice(document: InvoiceDocument): EInvoice {
  const digits = minorDigits(document.currency);
  const decimals = Math.min(digits, MOST_DECIMALS);
  const rounding = new CumulativeRounding(digits - decimals);
  const parts = taxedPartsOf(document).map((part) => ({ ...part, amount: rounding.next(part.amount) }));
  const taxes = taxSumsOf(parts).map((each) => ({ ...each, tax: rounding.next(each.tax) }));
  const lines: EInvoiceLine[] = [];
  const adjustments: EInvoiceAdjustment[] = [];
  for (const part of parts) {
    if ('line' in part) lines.push(toLine(part.line, document.currency, part, rounding));
    else adjustments.push(toAdjustment(part.because, part));
  }
  return { decimals, isRounded: rounding.hasLost, lines, adjustments, taxes, ...totalsOf(lines, adjustments, taxes) };
}

function toLine(
  { name, sku, quantity, unitPrice, fraction = 0n, discount, lineTotal }: KeptLine,
  currency: string,
  { amount: net, taxed }: Taxed & { readonly amount: bigint },
  rounding: CumulativeRounding,
): EInvoiceLine {
  const gross = rounding.alone(BigInt(lineTotal));
  const allowance = BigInt(discount) > 0n && gross > net ? gross - net : 0n;
  const price = priceOf(BigInt(unitPrice), fraction, currency);
  return { name, sku, quantity, unitPrice: price, gross, allowance, net, taxed };
}

/** Item net price (BT-146): with the digits of its currency, and more where the tax taken out of it leaves some. */
function priceOf(minor: bigint, fraction: bigint, currency: string): string {
  const whole = formatMoney(minor, currency);
  if (fraction === 0n) return whole;
  const digits = fraction.toString().padStart(4, '0').replace(/0+$/, '');
  return minorDigits(currency) === 0 ? `${whole}.${digits}` : `${whole}${digits}`;
}

function toAdjustment(
  { reason, allowanceCode, chargeCode }: Reason,
  { amount, taxed }: Taxed & { readonly amount: bigint },
): EInvoiceAdjustment {
  const isCharge = amount >= 0n;
  const reasonCode = isCharge ? chargeCode : allowanceCode;
  return { isCharge, reason, reasonCode, amount: isCharge ? amount : -amount, taxed };
}

function totalsOf(
  lines: readonly EInvoiceLine[],
  adjustments: readonly EInvoiceAdjustment[],
  taxes: readonly TaxSum[],
): EInvoiceTotals {
  const lineTotal = sum(lines.map(({ net }) => net));
  const allowanceTotal = sum(adjustments.map(({ isCharge, amount }) => (isCharge ? 0n : amount)));
  const chargeTotal = sum(adjustments.map(({ isCharge, amount }) => (isCharge ? amount : 0n)));
  const withoutTax = lineTotal - allowanceTotal + chargeTotal;
  const taxTotal = sum(taxes.map(({ tax }) => tax));
  return { lineTotal, allowanceTotal, chargeTotal, withoutTax, taxTotal, withTax: withoutTax + taxTotal };
}
