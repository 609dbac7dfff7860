import { formatMoney } from '../../common/money.js';
import { formatPercent } from '../../common/percent.js';
import type { TaxResponse } from './dto/sale.response.js';

/** What a sale says of its shipping; amounts are minor units, rates millionths. */
interface Charged {
  readonly currency: string;
  readonly shipping: bigint;
  readonly shipping_tax: bigint;
  readonly shipping_tax_rate: number | null;
  readonly prices_include_tax: boolean;
}

interface Line {
  readonly line_total: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly included_tax: bigint;
  readonly tax_rate: number | null;
}

/** What each rate comes to, the highest first; rates that were not kept, and those of nothing, are left out. */
export function taxesOfSale(sale: Charged, items: readonly Line[]): TaxResponse[] {
  const sums = new Map<number, { base: bigint; tax: bigint }>();
  const add = (rate: number | null, base: bigint, tax: bigint): void => {
    if (rate === null || base + tax === 0n) return;
    const sum = sums.get(rate) ?? { base: 0n, tax: 0n };
    sums.set(rate, { base: sum.base + base, tax: sum.tax + tax });
  };
  for (const { tax_rate: rate, line_total, discount, tax, included_tax: included } of items) {
    add(rate, line_total - discount - included, tax + included);
  }
  const included = sale.prices_include_tax ? sale.shipping_tax : 0n;
  add(sale.shipping_tax_rate, sale.shipping - included, sale.shipping_tax);
  const money = (amount: bigint): string => formatMoney(amount, sale.currency);
  return [...sums]
    .sort(([one], [other]) => other - one)
    .map(([rate, { base, tax }]) => ({ rate: formatPercent(rate), base: money(base), tax: money(tax) }));
}
