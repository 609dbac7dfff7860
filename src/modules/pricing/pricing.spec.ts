import { MAX_AMOUNT } from '../../common/money.js';
import { type Benefit, NO_RULES, type PricingLine, type PricingRules, type Promotion, price } from './pricing.api.js';

const line = (unitPrice: bigint, quantity: number, productId = 'lamp'): PricingLine => ({
  productId,
  unitPrice,
  quantity,
});
const promotion = (benefit: Benefit, more: Partial<Promotion> = {}): Promotion => ({
  id: benefit.kind,
  minimum: 0n,
  exclusive: false,
  ...more,
  benefit,
});
const rules = (more: Partial<PricingRules>): PricingRules => ({ ...NO_RULES, ...more });
const percent = (rate: number): bigint => BigInt(rate * 10_000);

describe('a price without rules', () => {
  it('is nothing for nothing', () => {
    expect(price([])).toEqual({
      lines: [],
      subtotal: 0n,
      discount: 0n,
      shipping: 0n,
      shippingTax: 0n,
      shippingTaxRate: 0n,
      pricesIncludeTax: false,
      tax: 0n,
      total: 0n,
      taxes: [],
      promotions: [],
    });
  });

  it('is the sum of its lines', () => {
    const { lines, ...totals } = price([line(2_999n, 3), line(1n, 999, 'nail')]);
    expect(totals).toMatchObject({ subtotal: 9_996n, discount: 0n, tax: 0n, total: 9_996n });
    expect(lines).toEqual([
      { lineTotal: 8_997n, discount: 0n, tax: 0n, includedTax: 0n, taxRate: 0n },
      { lineTotal: 999n, discount: 0n, tax: 0n, includedTax: 0n, taxRate: 0n },
    ]);
  });

  it('stays within a PostgreSQL bigint for the dearest cart there can be', () => {
    const dearest = Array.from({ length: 500 }, () => line(MAX_AMOUNT, 999));
    expect(price(dearest).total).toBeLessThan(2n ** 63n);
  });
});

describe('promotions', () => {
  const cart = [line(1_000n, 1, 'a'), line(333n, 2, 'b'), line(50n, 4, 'c')];
  const priced = (...promotions: Promotion[]) => price(cart, rules({ promotions, shipping: 500n }));

  it.each<[string, Promotion, readonly bigint[]]>([
    ['a tenth', promotion({ kind: 'percentage', rate: percent(10) }), [100n, 67n, 20n]],
    ['all', promotion({ kind: 'percentage', rate: percent(100) }), [1_000n, 666n, 200n]],
    ['a fixed amount', promotion({ kind: 'fixed', amount: 100n }), [53n, 36n, 11n]],
    ['a fixed amount that is more than there is', promotion({ kind: 'fixed', amount: 5_000n }), [1_000n, 666n, 200n]],
    [
      'a tenth of some products',
      promotion({ kind: 'percentage', rate: percent(10) }, { productIds: new Set(['b', 'x']) }),
      [0n, 67n, 0n],
    ],
    ['two of three', promotion({ kind: 'buy-x-get-y', buy: 2, get: 1, rate: percent(100) }), [0n, 333n, 50n]],
    ['half of each second', promotion({ kind: 'buy-x-get-y', buy: 1, get: 1, rate: percent(50) }), [0n, 167n, 50n]],
    ['nothing below the minimum', promotion({ kind: 'fixed', amount: 100n }, { minimum: 1_867n }), [0n, 0n, 0n]],
    ['something at the minimum', promotion({ kind: 'fixed', amount: 100n }, { minimum: 1_866n }), [53n, 36n, 11n]],
    [
      'nothing of products that are not there',
      promotion({ kind: 'fixed', amount: 9n }, { productIds: new Set() }),
      [0n, 0n, 0n],
    ],
  ])('take off %s', (_, one, expected) => {
    const { lines, discount, total } = priced(one);
    expect(lines.map((each) => each.discount)).toEqual(expected);
    expect(discount).toBe(expected.reduce((sum, each) => sum + each, 0n));
    expect(total).toBe(1_866n - discount + 500n);
  });

  it('add up in their order, each on what is left', () => {
    const [half, five] = [
      promotion({ kind: 'percentage', rate: percent(50) }),
      promotion({ kind: 'fixed', amount: 500n }),
    ];
    expect(priced(half, five).discount).toBe(933n + 500n);
    expect(priced(five, half).discount).toBe(500n + 683n);
    expect(priced(half, five).promotions).toEqual([
      { id: 'percentage', amount: 933n, shipping: 0n },
      { id: 'fixed', amount: 500n, shipping: 0n },
    ]);
  });

  it('stand alone where they say so, if that saves more than all others together', () => {
    const others = promotion({ kind: 'fixed', amount: 300n });
    const alone = (amount: bigint) => promotion({ kind: 'fixed', amount }, { id: 'alone', exclusive: true });
    expect(priced(others, alone(301n)).promotions).toEqual([{ id: 'alone', amount: 301n, shipping: 0n }]);
    expect(priced(others, alone(300n)).promotions).toEqual([{ id: 'fixed', amount: 300n, shipping: 0n }]);
  });

  it('give the shipping, which counts as saved', () => {
    const free = promotion({ kind: 'free-shipping' });
    expect(priced(free)).toMatchObject({ shipping: 0n, discount: 0n, total: 1_866n });
    const alone = promotion({ kind: 'fixed', amount: 499n }, { exclusive: true });
    expect(priced(free, alone).promotions).toEqual([{ id: 'free-shipping', amount: 0n, shipping: 500n }]);
    expect(price(cart, rules({ promotions: [free] })).promotions).toEqual([]);
  });
});

describe('tax', () => {
  const rates: Readonly<Record<string, bigint>> = { book: percent(7), lamp: percent(19), gift: 0n };
  const taxed = (
    policy: Partial<PricingRules['tax']>,
    lines: readonly PricingLine[],
    more: Partial<PricingRules> = {},
  ) =>
    price(
      lines,
      rules({ tax: { ...NO_RULES.tax, ...policy }, taxRateOf: ({ productId }) => rates[productId] ?? 0n, ...more }),
    );
  const cents = [line(3n, 1, 'lamp'), line(3n, 1, 'lamp'), line(3n, 1, 'lamp')];

  it('is added by line, or by the sum of a rate and then shared out', () => {
    expect(taxed({}, cents)).toMatchObject({ tax: 3n, total: 12n });
    const { lines, tax, taxes } = taxed({ roundingPer: 'total' }, cents);
    expect([tax, lines.map((each) => each.tax)]).toEqual([2n, [1n, 1n, 0n]]);
    expect(taxes).toEqual([{ rate: percent(19), base: 9n, tax: 2n }]);
  });

  it('rounds the half up or to the even', () => {
    const halves = [line(50n, 1, 'book'), line(150n, 1, 'book')];
    expect(taxed({ roundingMode: 'half-up' }, halves).lines.map(({ tax }) => tax)).toEqual([4n, 11n]);
    expect(taxed({ roundingMode: 'half-even' }, halves).lines.map(({ tax }) => tax)).toEqual([4n, 10n]);
  });

  it('is on what is left after discounts, and on the shipping', () => {
    const half = promotion({ kind: 'percentage', rate: percent(50) });
    const { tax, total, taxes } = taxed({}, [line(1_000n, 1)], {
      promotions: [half],
      shipping: 100n,
      shippingTaxRate: percent(19),
    });
    expect([tax, total]).toEqual([95n + 19n, 500n + 100n + 114n]);
    expect(taxes).toEqual([{ rate: percent(19), base: 600n, tax: 114n }]);
  });

  it('stands beside the prices that include it, and adds nothing', () => {
    const { lines, tax, total, taxes } = taxed({ pricesIncludeTax: true }, [line(1_190n, 1), line(1_070n, 1, 'book')]);
    expect([tax, total, lines.map((each) => each.tax)]).toEqual([0n, 2_260n, [0n, 0n]]);
    expect(taxes).toEqual([
      { rate: percent(19), base: 1_000n, tax: 190n },
      { rate: percent(7), base: 1_000n, tax: 70n },
    ]);
  });

  it('names the rate of nothing too, since an invoice must say why there is none', () => {
    expect(taxed({}, [line(500n, 1, 'gift')]).taxes).toEqual([{ rate: 0n, base: 500n, tax: 0n }]);
  });
});
