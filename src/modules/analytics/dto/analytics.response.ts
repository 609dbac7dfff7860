import { countryName } from '../../../common/country-names.js';
import { formatMoney } from '../../../common/money.js';
import {
  CurrencyField,
  DateTimeField,
  IntField,
  MoneyField,
  ObjectField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../platform/fields/fields.js';
import type { Group, Totals } from '../analytics.repository.js';
import type { GroupBy } from '../question.js';

/** What all sales of the question add up to. */
export class AnalyticsTotals {
  @IntField({ description: 'Sales.' })
  sales!: number;

  @IntField({ description: 'Pieces sold.' })
  units!: number;

  @MoneyField({ description: 'Prices of what was sold, less discounts; without shipping and tax, before refunds.' })
  revenue!: string;

  @MoneyField({ description: 'Revenue by sales, rounded half up.' })
  averageOrderValue!: string;

  @IntField({ description: 'Different buyers, as far as they are known.' })
  customers!: number;

  @IntField({ description: 'Those of them with two sales or more.' })
  returningCustomers!: number;
}

/** The period before, for comparison. */
export class PreviousPeriod {
  @DateTimeField()
  from!: string;

  @DateTimeField()
  to!: string;

  @ObjectField(() => AnalyticsTotals)
  totals!: AnalyticsTotals;
}

/** Sales that have something in common. */
export class AnalyticsGroup {
  @TextField({
    min: 0,
    example: '2026-03-01',
    description: 'Day, month (`2026-03`), country, SKU or slug of a category; empty for products without a category.',
  })
  key!: string;

  @TextField({ description: 'For people: the name of the country, product or category.' })
  label!: string;

  @UuidField({ optional: true, nullable: true, description: 'Of the product or category.' })
  id?: string | null;

  @IntField({ description: 'Sales with something of it.' })
  sales!: number;

  @IntField()
  units!: number;

  @MoneyField()
  revenue!: string;
}

export class AnalyticsResponse {
  @CurrencyField()
  currency!: string;

  @DateTimeField()
  from!: string;

  @DateTimeField()
  to!: string;

  @TextField({ example: 'Europe/London' })
  timeZone!: string;

  @DateTimeField({ description: 'When it was read: every sale that was acknowledged before is in it.' })
  asOf!: string;

  @ObjectField(() => AnalyticsTotals)
  totals!: AnalyticsTotals;

  @ObjectField(() => PreviousPeriod, { optional: true })
  previous?: PreviousPeriod;

  @ObjectListField(() => AnalyticsGroup)
  groups!: AnalyticsGroup[];
}

/** Revenue by sales, rounded half up to a minor unit. */
export function averageOf(revenue: bigint, sales: bigint): bigint {
  return sales === 0n ? 0n : (2n * revenue + sales) / (2n * sales);
}

export function toTotals({ sales, units, revenue, customers, returning }: Totals, currency: string): AnalyticsTotals {
  return {
    sales: Number(sales),
    units: Number(units),
    revenue: formatMoney(revenue, currency),
    averageOrderValue: formatMoney(averageOf(revenue, sales), currency),
    customers: Number(customers),
    returningCustomers: Number(returning),
  };
}

const NO_COUNTRY = 'Unknown';
const NO_CATEGORY = 'Without category';

/** @param by what the groups are of */
export function toGroup(group: Group, by: GroupBy, currency: string): AnalyticsGroup {
  const { key, id, sales, units, revenue } = group;
  const sums = { sales: Number(sales), units: Number(units), revenue: formatMoney(revenue, currency) };
  if (by === 'country') return { key, label: key === '' ? NO_COUNTRY : countryName(key), ...sums };
  if (by === 'product') return { key, label: group.label, id, ...sums };
  if (by === 'category') return { key, label: key === '' ? NO_CATEGORY : group.label, id, ...sums };
  return { key, label: group.label, ...sums };
}
