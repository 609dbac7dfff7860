import { allocate, divide, lesser, type RoundingMode, WHOLE } from '../../common/rounding.js';

/** What a promotion takes off. Amounts are minor units of the shop's currency, rates are millionths. */
export type Benefit =
  /** A part of what its products cost. */
  | { readonly kind: 'percentage'; readonly rate: bigint }
  /** An amount, at most what its products cost. */
  | { readonly kind: 'fixed'; readonly amount: bigint }
  /** Of each `buy + get` pieces, the cheapest `get` cost so much less; the dearest pieces are grouped first. */
  | { readonly kind: 'buy-x-get-y'; readonly buy: number; readonly get: number; readonly rate: bigint }
  | { readonly kind: 'free-shipping' };

/** A promotion that is in force for this buyer at this moment; periods, codes and limits were looked at before. */
export interface Promotion {
  readonly id: string;
  readonly benefit: Benefit;
  /** The products that it is for; all where undefined. */
  readonly productIds?: ReadonlySet<string> | undefined;
  /** What those products must come to, before discounts. */
  readonly minimum: bigint;
  /** Whether it stands alone; others add up, each on what those before it have left. */
  readonly exclusive: boolean;
}

/** A line as promotions see it. */
export interface DiscountedLine {
  readonly productId: string;
  readonly unitPrice: bigint;
  readonly quantity: number;
  readonly lineTotal: bigint;
}

export interface AppliedPromotion {
  readonly id: string;
  /** Taken off the lines. */
  readonly amount: bigint;
  /** Taken off the shipping. */
  readonly shipping: bigint;
}

export interface Discounts {
  /** By line, in their order; never more than the line. */
  readonly lines: readonly bigint[];
  /** What shipping costs after all. */
  readonly shipping: bigint;
  readonly applied: readonly AppliedPromotion[];
}

/**
 * What promotions take off. Those that add up are applied in the order given; each that stands alone is a choice
 * against them. The buyer gets whatever saves most; between equals, what adds up.
 * @param shipping what shipping costs before promotions
 */
export function discount(
  lines: readonly DiscountedLine[],
  promotions: readonly Promotion[],
  shipping: bigint,
  mode: RoundingMode,
): Discounts {
  const choices = [
    promotions.filter(({ exclusive }) => !exclusive),
    ...promotions.filter(({ exclusive }) => exclusive).map((promotion) => [promotion]),
  ];
  const outcomes = choices.map((choice) => inTurn(lines, choice, shipping, mode));
  return outcomes.reduce((best, outcome) => (saved(outcome) > saved(best) ? outcome : best));
}

function saved({ applied }: Discounts): bigint {
  return applied.reduce((sum, { amount, shipping }) => sum + amount + shipping, 0n);
}

function inTurn(
  lines: readonly DiscountedLine[],
  promotions: readonly Promotion[],
  shipping: bigint,
  mode: RoundingMode,
): Discounts {
  const left = lines.map(({ lineTotal }) => lineTotal);
  let shippingLeft = shipping;
  const applied: AppliedPromotion[] = [];
  for (const promotion of promotions) {
    const isMeant = ({ productId }: DiscountedLine): boolean => promotion.productIds?.has(productId) ?? true;
    const meant = lines.reduce((sum, line) => (isMeant(line) ? sum + line.lineTotal : sum), 0n);
    if (!lines.some(isMeant) || meant < promotion.minimum) continue;
    const takes = cuts(
      lines,
      left.map((amount, index) => (lines[index] !== undefined && isMeant(lines[index]) ? amount : 0n)),
      promotion.benefit,
      mode,
    );
    takes.forEach((amount, index) => {
      left[index] = (left[index] ?? 0n) - amount;
    });
    const freed = promotion.benefit.kind === 'free-shipping' ? shippingLeft : 0n;
    shippingLeft -= freed;
    const amount = takes.reduce((sum, each) => sum + each, 0n);
    if (amount + freed > 0n) applied.push({ id: promotion.id, amount, shipping: freed });
  }
  return {
    lines: lines.map(({ lineTotal }, index) => lineTotal - (left[index] ?? 0n)),
    shipping: shippingLeft,
    applied,
  };
}

/** What one benefit takes off each line, of what is left of those that it is for: others have nothing left here. */
function cuts(
  lines: readonly DiscountedLine[],
  left: readonly bigint[],
  benefit: Benefit,
  mode: RoundingMode,
): readonly bigint[] {
  const whole = left.reduce((sum, amount) => sum + amount, 0n);
  switch (benefit.kind) {
    case 'percentage':
      return allocate(divide(whole * benefit.rate, WHOLE, mode), left);
    case 'fixed':
      return allocate(lesser(benefit.amount, whole), left);
    case 'buy-x-get-y':
      return cheapestPieces(lines, left, benefit, mode);
    case 'free-shipping':
      return left.map(() => 0n);
  }
}

function cheapestPieces(
  lines: readonly DiscountedLine[],
  left: readonly bigint[],
  { buy, get, rate }: Extract<Benefit, { kind: 'buy-x-get-y' }>,
  mode: RoundingMode,
): bigint[] {
  const takes = left.map(() => 0n);
  const dearestFirst = lines
    .map((line, index) => ({ line, index, left: left[index] ?? 0n }))
    .filter((each) => each.left > 0n)
    .sort((a, b) => Number(b.line.unitPrice > a.line.unitPrice) - Number(b.line.unitPrice < a.line.unitPrice));
  // Of the first n pieces, so many are among the cheaper ones of their group.
  const cheaper = (n: number): number => Math.floor(n / (buy + get)) * get + Math.max(0, (n % (buy + get)) - buy);
  let before = 0;
  for (const { line, index, left: most } of dearestFirst) {
    const pieces = BigInt(cheaper(before + line.quantity) - cheaper(before));
    before += line.quantity;
    const amount = pieces * divide(line.unitPrice * rate, WHOLE, mode);
    takes[index] = lesser(amount, most);
  }
  return takes;
}
