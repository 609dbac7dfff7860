import { Decimal } from 'decimal.js';
import { minorDigits, parseMoney } from '../../src/common/money.js';
import type { Charges, Promotion } from '../../src/modules/pricing/pricing.api.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, paySale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { PriceOracle } from '../support/price-oracle.js';

const SALES = Number(process.env.RANDOM_SALES ?? 25);

interface Good {
  readonly id: string;
  readonly weight: number;
  readonly taxCategory: string;
}
interface Line {
  readonly productId: string;
  readonly unitPrice: string;
  readonly quantity: number;
  readonly discount: string;
  readonly tax: string;
  readonly includedTax: string;
  readonly lineTotal: string;
}

const seed = Math.floor(Math.random() * 2 ** 31);
let state = seed;
/** A linear congruential generator (Numerical Recipes), its upper half. */
const below = (end: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  return (state >>> 8) % end;
};
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)] as T;

const RATES = [
  { country: 'FR', category: 'standard', rate: '20' },
  { country: 'FR', category: 'books', rate: '5.5' },
  { country: 'FR', region: 'Corse', category: 'wine', rate: '2.1' },
  { country: 'FR', region: 'Corse', category: 'standard', rate: '10' },
  { country: 'US', region: 'New York', category: 'standard', rate: '8.875' },
  { country: 'DE', category: 'standard', rate: '19' },
  { country: 'DE', category: 'books', rate: '7' },
];
const PLACES = [
  { country: 'FR', region: null },
  { country: 'FR', region: 'CORSE' },
  { country: 'US', region: 'new york' },
  { country: 'US', region: 'Ohio' },
  { country: 'DE', region: null },
  { country: 'GB', region: null },
];

/** Rates by other means than those of the shop: every rate that could serve, the best one last. */
function rateAt({ country, region }: (typeof PLACES)[number], category: string): bigint {
  const here = RATES.filter((each) => each.country === country);
  const fits = (each: (typeof RATES)[number], wanted: string, regional: boolean): boolean =>
    each.category === wanted &&
    (regional ? each.region?.toLowerCase() === region?.toLowerCase() && region !== null : each.region === undefined);
  const serving = [
    ...here.filter((each) => fits(each, 'standard', false)),
    ...here.filter((each) => fits(each, 'standard', true)),
    ...here.filter((each) => fits(each, category, false)),
    ...here.filter((each) => fits(each, category, true)),
  ];
  return BigInt(new Decimal(serving.at(-1)?.rate ?? 0).times(10_000).toFixed(0));
}

describe.each([
  ['USD', 'false', 'line', 'half-up'],
  ['EUR', 'true', 'total', 'half-even'],
  ['JPY', 'false', 'total', 'half-even'],
  ['KWD', 'true', 'line', 'half-up'],
] as const)('in %s, tax included %s, rounded per %s %s', (currency, included, roundingPer, roundingMode) => {
  let shop: TestApp;
  let manager: TestUser;
  let goods: Good[];
  const unit = 10n ** BigInt(minorDigits(currency));
  const amount = (minor: bigint): string => new Decimal(minor.toString()).div(unit.toString()).toFixed();
  const minor = (text: string): bigint => parseMoney(text, currency, 'amount');
  const staff = (method: 'post' | 'patch', path: string, body: object) =>
    shop.http[method](path).set(manager.bearer).send(body);

  /** What a method costs, worked out again: [code, by what, steps, free above], in minor units and grams. */
  const METHODS: readonly [
    string,
    'flat' | 'by_weight' | 'by_total',
    readonly (readonly [bigint, bigint])[],
    bigint,
  ][] = [
    ['flat', 'flat', [[1n << 60n, 499n]], 3_000n],
    [
      'heavy',
      'by_weight',
      [
        [1_500n, 333n],
        [1n << 60n, 1_001n],
      ],
      1n << 60n,
    ],
    [
      'dear',
      'by_total',
      [
        [2_000n, 777n],
        [1n << 60n, 50n],
      ],
      1n << 60n,
    ],
  ];
  const costOf = (code: string | null, weight: bigint, total: bigint): bigint => {
    const [, kind, steps, freeAbove] = METHODS.find(([each]) => each === code) ?? METHODS[0] ?? [];
    if (freeAbove !== undefined && total >= freeAbove) return 0n;
    return steps?.find(([limit]) => (kind === 'by_weight' ? weight : total) <= limit)?.[1] ?? 0n;
  };

  beforeAll(async () => {
    const taxes = { TAX_ROUNDING: roundingPer, TAX_ROUNDING_MODE: roundingMode };
    // One buyer leaves most sales unpaid.
    const settings = { STORE_CURRENCY: currency, STORE_PRICES_INCLUDE_TAX: included, MAX_OPEN_RESERVATIONS: '0' };
    shop = await startApp({ ...settings, ...taxes });
    manager = await createCustomer(shop, 'manager');
    for (const rate of RATES) await staff('post', '/api/admin/tax-rates', rate).expect(201);
    for (const [index, [code, kind, steps, freeAbove]] of METHODS.entries()) {
      const endless = (limit: bigint): boolean => limit === 1n << 60n;
      const limits = (limit: bigint): object =>
        kind === 'by_weight' ? { maxWeight: Number(limit) } : { maxTotal: amount(limit) };
      const brackets = steps.map(([limit, price]) => ({
        ...(endless(limit) ? {} : limits(limit)),
        price: amount(price),
      }));
      const terms = kind === 'flat' ? { price: brackets[0]?.price } : { brackets };
      const free = endless(freeAbove) ? {} : { freeAbove: amount(freeAbove) };
      const body = { code, name: code, kind, ...terms, ...free, sortOrder: index };
      await staff('post', '/api/admin/shipping-methods', body).expect(201);
    }
    goods = [];
    for (const taxCategory of ['standard', 'books', 'wine', 'standard', 'books']) {
      const { id } = await createProduct(shop.db, { price: BigInt(1 + below(2_000)), currency, stock: 1_000_000 });
      const good = { weight: below(900), taxCategory };
      await staff('patch', `/api/products/${id}`, good).expect(200);
      goods.push({ id, ...good });
    }
    const promotions = [
      { type: 'percentage', percentage: '12.5', minimum: amount(2_500n), priority: 1 },
      { type: 'free_shipping', minimum: amount(5_000n), priority: 2 },
      { type: 'fixed', amount: amount(301n), code: 'LESS', priority: 3 },
    ];
    for (const each of promotions) await staff('post', '/api/admin/promotions', { name: 'One', ...each }).expect(201);
  });
  afterAll(() => shop.close());

  test(
    `every sale costs what decimal arithmetic finds, whatever prices do meanwhile (seed ${seed})`,
    async () => {
      const oracle = new PriceOracle(minorDigits(currency));
      const buyer = await createCustomer(shop);
      const offers = (code: string | undefined): Promotion[] => [
        { id: '1', benefit: { kind: 'percentage', rate: 125_000n }, minimum: 2_500n, exclusive: false },
        { id: '2', benefit: { kind: 'free-shipping' }, minimum: 5_000n, exclusive: false },
        ...(code === undefined
          ? []
          : [{ id: '3', benefit: { kind: 'fixed' as const, amount: 301n }, minimum: 0n, exclusive: false }]),
      ];
      for (let n = 0; n < SALES; n += 1) {
        const chosen = goods.filter(() => below(3) > 0);
        const items = (chosen.length > 0 ? chosen : goods).map(({ id }) => ({ productId: id, quantity: 1 + below(3) }));
        const place = oneOf(PLACES);
        const shippingMethod = oneOf([undefined, ...METHODS.map(([code]) => code)]);
        const couponCode = oneOf([undefined, undefined, 'LESS']);
        const body = { items, deliveryAddress: { ...ADDRESS, ...place }, shippingMethod, couponCode };
        const [{ body: sale }] = await Promise.all([
          shop.http.post('/api/sales').set(buyer.bearer).send(body).expect(201),
          staff('patch', `/api/products/${oneOf(goods).id}`, { price: amount(BigInt(1 + below(2_000))) }).expect(200),
        ]);
        const lines = sale.items.map((each: Line) => ({
          productId: each.productId,
          unitPrice: minor(each.unitPrice),
          quantity: each.quantity,
        }));
        const good = (id: string): Good => goods.find((each) => each.id === id) as Good;
        const [weight, total] = lines.reduce(
          ([grams, sum]: [bigint, bigint], each: { productId: string; unitPrice: bigint; quantity: number }) => [
            grams + BigInt(good(each.productId).weight * each.quantity),
            sum + each.unitPrice * BigInt(each.quantity),
          ],
          [0n, 0n],
        );
        const charges: Charges = {
          shipping: costOf(shippingMethod ?? 'flat', weight, total),
          tax: { pricesIncludeTax: included === 'true', roundingPer, roundingMode },
          taxRateOf: ({ productId }) => rateAt(place, good(productId).taxCategory),
          shippingTaxRate: rateAt(place, 'standard'),
        };
        const expected = oracle.price(lines, { ...charges, promotions: offers(couponCode) });
        const each = (key: 'discount' | 'tax' | 'includedTax'): bigint[] =>
          sale.items.map((line: Line) => minor(line[key]));
        expect({
          ...Object.fromEntries(
            (['subtotal', 'discount', 'shipping', 'tax', 'total'] as const).map((key) => [key, minor(sale[key])]),
          ),
          ...{ lineDiscounts: each('discount'), lineTaxes: each('tax'), lineIncluded: each('includedTax') },
        }).toEqual({ ...expected, shippingTax: undefined });
        const sums = sale.taxes.reduce(
          (all: bigint, { base, tax }: { base: string; tax: string }) => all + minor(base) + minor(tax),
          0n,
        );
        expect(sums).toBe(minor(sale.total));
        if (sale.total !== amount(0n) && n % 5 === 0) {
          const { body: payment } = await paySale(shop, buyer, sale.id).expect(201);
          expect(payment.amount).toBe(sale.total);
        }
      }
      const { body: invoices } = await shop.http.get('/api/invoices').set(buyer.bearer).expect(200);
      for (const { total, taxes } of invoices.items) {
        const sum = taxes.reduce(
          (all: bigint, { base, tax }: { base: string; tax: string }) => all + minor(base) + minor(tax),
          0n,
        );
        expect(sum).toBe(minor(total));
      }
      expect(await brokenInvariants(shop.db)).toEqual({});
    },
    60_000 + SALES * 1_000,
  );
});
