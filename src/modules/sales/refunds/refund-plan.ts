import { InvalidInput } from '../../../common/domain-error.js';
import { type CurrencyCode, formatMoney } from '../../../common/money.js';
import { allocate, divide, lesser } from '../../../common/rounding.js';
import { RefundExceedsPayment } from '../sales.errors.js';
import { takeUnits, type UnitsOfProduct } from './line-units.js';

/** A line of a sale, and what was given back of it before. Amounts are minor units. */
export interface RefundableLine {
  readonly lineNo: number;
  readonly productId: string;
  readonly unitPrice: bigint;
  readonly quantity: number;
  /** What was charged for it: line total less discount. */
  readonly net: bigint;
  /** The tax that was added to that. */
  readonly tax: bigint;
  readonly refundedUnits: number;
  readonly refundedNet: bigint;
  readonly refundedTax: bigint;
}

/** What may still be given back. What is left of the lines and of the shipping sums to `left`. */
export interface RefundableSale {
  readonly currency: CurrencyCode;
  /** Paid, and not given back. */
  readonly left: bigint;
  /** Of the shipping, what is left of it and of its tax. */
  readonly shipping: bigint;
  readonly shippingTax: bigint;
  readonly lines: readonly RefundableLine[];
}

export type RefundAsk =
  /** All that is left, if anything. */
  | { readonly kind: 'rest' }
  /** So many minor units. */
  | { readonly kind: 'amount'; readonly amount: bigint }
  /** What was charged for some pieces. */
  | {
      readonly kind: 'items';
      readonly items: readonly UnitsOfProduct[];
      /** Leave out pieces that were given back before, and give at most what is left, rather than refuse. */
      readonly asFarAsLeft: boolean;
    };

/** A line of a refund and of its credit note; its line total is unit price × quantity. */
export interface PlannedLine {
  readonly lineNo: number;
  /** Pieces of the sale that it pays back: the quantity, or 0 where it lowers the price of the line. */
  readonly units: number;
  readonly quantity: number;
  readonly unitPrice: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
}

/** A refund, broken down as its sale is: amount = subtotal − discount + shipping + tax. */
export interface RefundPlan {
  readonly amount: bigint;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly lines: readonly PlannedLine[];
}

interface Parts {
  readonly lines: readonly PlannedLine[];
  readonly shipping: bigint;
  readonly shippingTax: bigint;
}

const NOTHING: RefundPlan = { amount: 0n, subtotal: 0n, discount: 0n, shipping: 0n, tax: 0n, lines: [] };

const leftOf = (line: RefundableLine): { net: bigint; tax: bigint } => ({
  net: line.net - line.refundedNet,
  tax: line.tax - line.refundedTax,
});

/**
 * What is given back of a sale. Neither a line nor the shipping is ever credited with more than was charged for it, net
 * and tax apart, so that all refunds of a sale sum to the sale, to the minor unit.
 * @returns an amount of 0 where nothing is left of the rest, or of the pieces that are asked for as far as they are
 * @throws {RefundExceedsPayment} where it is more than is left
 * @throws {InvalidInput} naming the field that makes no sense
 */
export function planRefund(sale: RefundableSale, ask: RefundAsk): RefundPlan {
  if (ask.kind === 'items') return planItems(sale, ask.items, ask.asFarAsLeft);
  if (ask.kind === 'rest') return sale.left === 0n ? NOTHING : summed({ ...sale, lines: sale.lines.flatMap(restOf) });
  if (ask.amount === 0n) throw InvalidInput.field('amount', 'must be more than 0');
  if (ask.amount > sale.left) throw tooMuch(sale);
  return summed(spread(sale, ask.amount));
}

/** What pieces cost is what their line costs, in proportion; the last piece of a line gets what rounding left. */
function planItems(sale: RefundableSale, items: readonly UnitsOfProduct[], asFarAsLeft: boolean): RefundPlan {
  const available = sale.lines.map((line) => ({ ...line, available: line.quantity - line.refundedUnits }));
  const { units, problems } = takeUnits(items, available);
  if (problems.length > 0 && !asFarAsLeft) throw tooMuch(sale, problems);
  let wanted = 0n;
  const own: PlannedLine[] = [];
  const rest = sale.lines.map((line) => {
    const pieces = units.get(line.lineNo) ?? 0;
    if (pieces === 0) return line;
    const [net, tax] = [shareOf(line.net, line, pieces), shareOf(line.tax, line, pieces)];
    wanted += net + tax;
    // An amount that was given back before may have lowered the price of this line below its share.
    const left = leftOf(line);
    const given = { net: lesser(net, left.net), tax: lesser(tax, left.tax) };
    own.push(piecesOf(line, pieces, given.net, given.tax));
    return { ...line, refundedNet: line.refundedNet + given.net, refundedTax: line.refundedTax + given.tax };
  });
  if (wanted > sale.left && !asFarAsLeft) throw tooMuch(sale);
  if (wanted === 0n && !asFarAsLeft) throw InvalidInput.field('items', 'cost nothing');
  const taken = own.reduce((sum, line) => sum + worthOf(line), 0n);
  const more = spread({ ...sale, lines: rest }, lesser(wanted, sale.left) - taken);
  return summed({ ...more, lines: [...own, ...more.lines] });
}

/** The share of the next pieces in an amount of their line: whatever their order, the shares sum to it. */
function shareOf(amount: bigint, { quantity, refundedUnits }: RefundableLine, pieces: number): bigint {
  const upTo = (count: number): bigint => divide(amount * BigInt(count), BigInt(quantity), 'half-up');
  return upTo(refundedUnits + pieces) - upTo(refundedUnits);
}

/** Shares an amount out in proportion to what is left of each line and of the shipping, and there to net and tax. */
function spread(sale: RefundableSale, amount: bigint): Parts {
  const lefts = [...sale.lines.map(leftOf), { net: sale.shipping, tax: sale.shippingTax }];
  const shares = allocate(
    amount,
    lefts.map(({ net, tax }) => net + tax),
  );
  const split = lefts.map(({ net, tax }, index) => allocate(shares[index] ?? 0n, [net, tax]));
  const lines = sale.lines.flatMap((line, index) => amountOf(line, split[index]?.[0] ?? 0n, split[index]?.[1] ?? 0n));
  const [shipping = 0n, shippingTax = 0n] = split.at(-1) ?? [];
  return { lines, shipping, shippingTax };
}

function restOf(line: RefundableLine): PlannedLine[] {
  const { net, tax } = leftOf(line);
  const pieces = line.quantity - line.refundedUnits;
  return pieces > 0 ? [piecesOf(line, pieces, net, tax)] : amountOf(line, net, tax);
}

function piecesOf({ lineNo, unitPrice }: RefundableLine, pieces: number, net: bigint, tax: bigint): PlannedLine {
  const discount = unitPrice * BigInt(pieces) - net;
  return { lineNo, units: pieces, quantity: pieces, unitPrice, discount, tax };
}

function amountOf({ lineNo }: RefundableLine, net: bigint, tax: bigint): PlannedLine[] {
  if (net + tax === 0n) return [];
  return [{ lineNo, units: 0, quantity: 1, unitPrice: net, discount: 0n, tax }];
}

const totalOf = ({ unitPrice, quantity }: PlannedLine): bigint => unitPrice * BigInt(quantity);
const worthOf = (line: PlannedLine): bigint => totalOf(line) - line.discount + line.tax;

function summed({ lines, shipping, shippingTax }: Parts): RefundPlan {
  const sum = (of: (line: PlannedLine) => bigint): bigint => lines.reduce((whole, line) => whole + of(line), 0n);
  const subtotal = sum(totalOf);
  const discount = sum((line) => line.discount);
  const tax = sum((line) => line.tax) + shippingTax;
  return { amount: subtotal - discount + shipping + tax, subtotal, discount, shipping, tax, lines };
}

function tooMuch(
  { left, currency }: RefundableSale,
  problems?: ConstructorParameters<typeof RefundExceedsPayment>[1],
): RefundExceedsPayment {
  return new RefundExceedsPayment(`${formatMoney(left, currency)} ${currency}`, problems);
}
