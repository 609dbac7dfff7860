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
import type { Group } from '../analytics.repository.js';
import type { CohortRow, FunnelRow, StockRow } from '../reports.repository.js';
import { AnalyticsGroup, AnalyticsTotals, averageOf, PreviousPeriod } from './analytics.response.js';

/** A period, and when it was looked at. */
export class PeriodResponse {
  @DateTimeField()
  from!: string;

  @DateTimeField()
  to!: string;

  @DateTimeField({ description: 'When it was read: every sale that was acknowledged before is in it.' })
  asOf!: string;
}

/** Customers who bought for the first time in one month. */
export class Cohort {
  @TextField({ example: '2026-03' })
  month!: string;

  @IntField()
  customers!: number;

  @IntField({ description: 'Those who have bought twice or more, whenever.' })
  repeating!: number;

  @IntField({ description: 'All sales to them until now.' })
  sales!: number;

  @MoneyField({ description: 'All revenue from them until now.' })
  revenue!: string;

  @MoneyField({ description: 'Revenue by customers, rounded half up.' })
  lifetimeValue!: string;
}

export class CustomersResponse extends PeriodResponse {
  @CurrencyField()
  currency!: string;

  @IntField({ description: 'Who bought in the period for the first time.' })
  newCustomers!: number;

  @IntField({ description: 'Who bought in the period and had bought before it.' })
  returningCustomers!: number;

  @ObjectListField(() => Cohort)
  cohorts!: Cohort[];
}

/** How many came how far. */
export class Funnel {
  @IntField({ description: 'Carts begun.' })
  carts!: number;

  @IntField({ description: 'Sales placed.' })
  checkouts!: number;

  @IntField({ description: 'Sales that were paid for, whatever became of them then.' })
  paid!: number;
}

export class FunnelResponse extends PeriodResponse implements Funnel {
  @IntField()
  carts!: number;

  @IntField()
  checkouts!: number;

  @IntField()
  paid!: number;
}

/** How fast a product sells. */
export class StockTurn {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @TextField()
  name!: string;

  @IntField({ description: 'Pieces sold in the period.' })
  units!: number;

  @IntField({ description: 'Pieces there now.' })
  stock!: number;

  @TextField({
    nullable: true,
    example: '4.20',
    description: 'Pieces sold, divided by the mean of the stock at both ends of the period; null without stock.',
  })
  turn!: string | null;

  @IntField({
    nullable: true,
    description: 'Whole days that the stock lasts at the speed of the period; null where nothing sold.',
  })
  daysLeft!: number | null;
}

export class StockResponse extends PeriodResponse {
  @ObjectListField(() => StockTurn)
  items!: StockTurn[];
}

/** What an administrator wants to know first. */
export class OverviewResponse extends PeriodResponse {
  @CurrencyField()
  currency!: string;

  @TextField({ example: 'Europe/London' })
  timeZone!: string;

  @ObjectField(() => AnalyticsTotals)
  totals!: AnalyticsTotals;

  @ObjectField(() => PreviousPeriod)
  previous!: PreviousPeriod;

  @ObjectField(() => AnalyticsTotals, { description: 'Since midnight.' })
  today!: AnalyticsTotals;

  @ObjectListField(() => AnalyticsGroup)
  days!: AnalyticsGroup[];

  @ObjectListField(() => AnalyticsGroup)
  topProducts!: AnalyticsGroup[];

  @ObjectListField(() => AnalyticsGroup)
  topCountries!: AnalyticsGroup[];

  @ObjectField(() => Funnel)
  funnel!: Funnel;

  @IntField({ description: 'Sales that wait for payment now.' })
  pendingSales!: number;

  @IntField({ description: 'Refunds of the period.' })
  refunds!: number;

  @MoneyField({ description: 'What they gave back; revenue is told before refunds.' })
  refunded!: string;
}

export function toCohort({ month, customers, repeating, sales, revenue }: CohortRow, currency: string): Cohort {
  return {
    month,
    customers: Number(customers),
    repeating: Number(repeating),
    sales: Number(sales),
    revenue: formatMoney(revenue, currency),
    lifetimeValue: formatMoney(averageOf(revenue, customers), currency),
  };
}

export function toFunnel({ carts, checkouts, paid }: FunnelRow): Funnel {
  return { carts, checkouts, paid };
}

/** @param days of the period, which may be parts of one */
export function toStockTurn(group: Group, row: StockRow | undefined, days: number): StockTurn {
  const units = Number(group.units);
  const stock = row?.stock ?? 0;
  const mean = (Number(row?.opening ?? 0) + Number(row?.closing ?? 0)) / 2;
  return {
    productId: group.id ?? '',
    sku: group.key,
    name: group.label,
    units,
    stock,
    turn: mean > 0 ? (units / mean).toFixed(2) : null,
    daysLeft: units > 0 ? Math.floor((stock * days) / units) : null,
  };
}
