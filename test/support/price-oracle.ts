import { Decimal } from 'decimal.js';
import type { Price, PricingLine, PricingRules, Promotion } from '../../src/modules/pricing/pricing.api.js';

const Exact = Decimal.clone({ precision: 60 });
type Amount = InstanceType<typeof Exact>;
const amount = (value: string | number | bigint): Amount => new Exact(value.toString());
const sum = (amounts: readonly Amount[]): Amount => amounts.reduce((all, each) => all.plus(each), amount(0));

/** A piece of a cart: prices are worked out piece by piece and in major units, unlike what is tested. */
interface Piece {
  readonly line: number;
  readonly price: Amount;
}

/** Works prices out another way than the shop does: in decimals of the major unit, and piece by piece. */
export class PriceOracle {
  /** @param digits after the decimal point */
  constructor(private readonly digits: number) {}

  price(
    lines: readonly PricingLine[],
    rules: PricingRules,
  ): Pick<Price, 'subtotal' | 'discount' | 'shipping' | 'tax' | 'total'> & {
    readonly lineDiscounts: readonly bigint[];
    readonly lineTaxes: readonly bigint[];
    /** What is in the lines, where prices include it. */
    readonly lineIncluded: readonly bigint[];
    readonly shippingTax: bigint;
  } {
    const totals = lines.map(({ unitPrice, quantity }) => this.major(unitPrice).times(quantity));
    const { discounts, shipping } = this.best(lines, totals, rules);
    const bases = totals.map((total, index) => total.minus(discounts[index] ?? 0));
    const rates = lines.map((line) => amount(rules.taxRateOf(line)).div(1_000_000));
    const taxes = this.taxes([...bases, shipping], [...rates, amount(rules.shippingTaxRate).div(1_000_000)], rules);
    const subtotal = sum(totals);
    const discount = sum(discounts);
    const included = rules.tax.pricesIncludeTax;
    const none = taxes.map(() => amount(0));
    const added = included ? none : taxes;
    const tax = sum(added);
    return {
      subtotal: this.minor(subtotal),
      discount: this.minor(discount),
      shipping: this.minor(shipping),
      tax: this.minor(tax),
      total: this.minor(subtotal.minus(discount).plus(shipping).plus(tax)),
      lineDiscounts: discounts.map((each) => this.minor(each)),
      lineTaxes: added.slice(0, -1).map((each) => this.minor(each)),
      lineIncluded: (included ? taxes : none).slice(0, -1).map((each) => this.minor(each)),
      shippingTax: this.minor(taxes.at(-1) ?? amount(0)),
    };
  }

  private major(minor: bigint): Amount {
    return amount(minor).div(amount(10).pow(this.digits));
  }

  private minor(major: Amount): bigint {
    const minor = major.times(amount(10).pow(this.digits));
    if (!minor.isInteger()) throw new Error(`${major} is no amount of a currency with ${this.digits} digits.`);
    return BigInt(minor.toFixed(0));
  }

  private round(value: Amount, { tax }: PricingRules): Amount {
    const mode = tax.roundingMode === 'half-up' ? Decimal.ROUND_HALF_UP : Decimal.ROUND_HALF_EVEN;
    return value.toDecimalPlaces(this.digits, mode);
  }

  /** The smallest amounts are given one after another to whom the most is missing. */
  private share(whole: Amount, weights: readonly Amount[]): Amount[] {
    const all = sum(weights);
    if (all.isZero()) return weights.map(() => amount(0));
    const wanted = weights.map((weight) => whole.times(weight).div(all));
    const given = wanted.map((share) => share.toDecimalPlaces(this.digits, Decimal.ROUND_DOWN));
    const step = amount(10).pow(-this.digits);
    while (sum(given).lessThan(whole)) {
      // Equal parts of unequal shares differ in their last digits.
      const missing = wanted.map((share, index) => share.minus(given[index] ?? 0).toDecimalPlaces(30));
      const most = missing.reduce((best, each, index) => (each.greaterThan(missing[best] ?? 0) ? index : best), 0);
      given[most] = (given[most] ?? amount(0)).plus(step);
      // Each is given one at most.
      wanted[most] = given[most];
    }
    return given;
  }

  private best(lines: readonly PricingLine[], totals: readonly Amount[], rules: PricingRules) {
    const { promotions } = rules;
    const together = promotions.filter(({ exclusive }) => !exclusive);
    const alone = promotions.filter(({ exclusive }) => exclusive);
    const outcomes = [together, ...alone.map((each) => [each])].map((choice) =>
      this.apply(lines, totals, choice, rules),
    );
    const worth = ({ discounts, shipping }: { discounts: Amount[]; shipping: Amount }): Amount =>
      sum(discounts).minus(shipping);
    return outcomes.reduce((best, each) => (worth(each).greaterThan(worth(best)) ? each : best));
  }

  private apply(
    lines: readonly PricingLine[],
    totals: readonly Amount[],
    promotions: readonly Promotion[],
    rules: PricingRules,
  ): { discounts: Amount[]; shipping: Amount } {
    let shipping = this.major(rules.shipping);
    const left = [...totals];
    for (const promotion of promotions) {
      const meant = lines.map(({ productId }) => promotion.productIds?.has(productId) ?? true);
      const worth = sum(totals.filter((_, index) => meant[index]));
      if (!meant.includes(true) || worth.lessThan(this.major(promotion.minimum))) continue;
      const open = left.map((each, index) => (meant[index] ? each : amount(0)));
      for (const [index, cut] of this.cut(lines, open, promotion, rules).entries()) {
        left[index] = (left[index] ?? amount(0)).minus(cut);
      }
      if (promotion.benefit.kind === 'free-shipping') shipping = amount(0);
    }
    return { discounts: totals.map((total, index) => total.minus(left[index] ?? 0)), shipping };
  }

  private cut(lines: readonly PricingLine[], open: readonly Amount[], { benefit }: Promotion, rules: PricingRules) {
    const none = open.map(() => amount(0));
    if (benefit.kind === 'percentage')
      return this.share(this.round(sum(open).times(benefit.rate.toString()).div(1_000_000), rules), open);
    if (benefit.kind === 'fixed') return this.share(Exact.min(this.major(benefit.amount), sum(open)), open);
    if (benefit.kind === 'free-shipping') return none;
    const pieces = lines
      .flatMap(({ unitPrice, quantity }, line): Piece[] =>
        Array.from({ length: open[line]?.isZero() ? 0 : quantity }, () => ({ line, price: this.major(unitPrice) })),
      )
      .sort((a, b) => b.price.comparedTo(a.price));
    const cheaper = pieces.filter((_, index) => index % (benefit.buy + benefit.get) >= benefit.buy);
    const cuts = [...none];
    for (const { line, price } of cheaper) {
      const cut = this.round(price.times(benefit.rate.toString()).div(1_000_000), rules);
      cuts[line] = (cuts[line] ?? amount(0)).plus(cut);
    }
    return cuts.map((cut, line) => Exact.min(cut, open[line] ?? 0));
  }

  private taxes(bases: readonly Amount[], rates: readonly Amount[], rules: PricingRules): Amount[] {
    const taxIn = (base: Amount, rate: Amount): Amount =>
      rules.tax.pricesIncludeTax ? base.minus(base.div(rate.plus(1))) : base.times(rate);
    const exact = bases.map((base, index) => taxIn(base, rates[index] ?? amount(0)));
    if (rules.tax.roundingPer === 'line') return exact.map((tax) => this.round(tax, rules));
    const taxes = bases.map(() => amount(0));
    for (const rate of new Set(rates.map(String))) {
      const ofRate = bases.map((base, index) => (String(rates[index]) === rate ? base : amount(0)));
      const shares = this.share(this.round(taxIn(sum(ofRate), amount(rate)), rules), ofRate);
      for (const [index, share] of shares.entries()) if (!share.isZero()) taxes[index] = share;
    }
    return taxes;
  }
}
