import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import { AS_IT_IS, AS_SUMMED, BEHIND, DAY, UNSUMMED_SQL } from './facts.statements.js';
import type { Span } from './spans.js';

/** Customers whose first sale was in one month; revenue in minor units. */
export interface CohortRow {
  readonly month: string;
  readonly customers: bigint;
  readonly repeating: bigint;
  readonly sales: bigint;
  readonly revenue: bigint;
}

export interface BuyersRow {
  readonly fresh: number;
  readonly known: number;
}

export interface FunnelRow {
  readonly carts: number;
  readonly checkouts: number;
  readonly paid: number;
}

/** Stock of a product when a period began and ended, and now. */
export interface StockRow {
  readonly id: string;
  readonly stock: number;
  readonly opening: bigint;
  readonly closing: bigint;
}

export interface StateRow {
  readonly pending: number;
  readonly refunds: number;
  readonly refunded: bigint;
}

/** Days on which customers bought, of all time: the sums, and what they lack from the sales. */
const BOUGHT = `behind AS MATERIALIZED (${BEHIND}),
   st AS MATERIALIZED (
     SELECT ${AS_IT_IS} FROM behind b JOIN sales s ON s.id = b.sale_id
     WHERE s.status NOT IN (${UNSUMMED_SQL}) AND s.status = ANY ($1::text[])
     UNION ALL
     SELECT ${AS_SUMMED} FROM behind b JOIN sales s ON s.id = b.sale_id JOIN analytics_sales a ON a.sale_id = s.id
     WHERE a.status = ANY ($1::text[])),
   bought AS MATERIALIZED (
     SELECT customer, day, sum(sales) AS sales, sum(revenue) AS revenue FROM (
       SELECT customer, day, sales, revenue FROM analytics_customer_days WHERE status = ANY ($1::text[])
       UNION ALL
       SELECT st.customer, ${DAY.replaceAll('placed_at', 'st.placed_at')}, st.sign,
         st.sign * (SELECT sum(i.line_total - i.discount) FROM sale_items i WHERE i.sale_id = st.id AND i.line_no <= st.lines)
       FROM st WHERE st.customer IS NOT NULL) f
     GROUP BY customer, day HAVING sum(sales) > 0),
   firsts AS MATERIALIZED (
     SELECT customer, min(day) AS first, sum(sales) AS sales, sum(revenue) AS revenue FROM bought GROUP BY customer)`;

const COHORTS = statement(
  'reports.cohorts',
  `WITH ${BOUGHT}
   SELECT to_char(date_trunc('month', first), 'YYYY-MM') AS month, count(*) AS customers,
     count(*) FILTER (WHERE sales >= 2) AS repeating, sum(sales)::bigint AS sales, sum(revenue)::bigint AS revenue
   FROM firsts WHERE first >= $2::date AND first < $3::date GROUP BY 1 ORDER BY 1`,
);
const BUYERS = statement(
  'reports.buyers',
  `WITH ${BOUGHT}
   SELECT count(*) FILTER (WHERE first >= $2::date)::int AS fresh, count(*) FILTER (WHERE first < $2::date)::int AS known
   FROM firsts f WHERE EXISTS (
     SELECT FROM bought b WHERE b.customer = f.customer AND b.day >= $2::date AND b.day < $3::date)`,
);
const FUNNEL = statement(
  'reports.funnel',
  `SELECT (SELECT count(*) FROM carts WHERE created_at >= $1 AND created_at < $2)::int
       + (SELECT coalesce(sum(carts), 0) FROM expired_carts WHERE begun_from >= $1 AND begun_from < $2)::int AS carts,
     count(*)::int AS checkouts,
     count(*) FILTER (WHERE payment_status IN ('completed', 'partially_refunded', 'refunded'))::int AS paid
   FROM sales WHERE placed_at >= $1 AND placed_at < $2 AND origin IS NULL AND status <> 'draft'`,
);
const STOCKS = statement(
  'reports.stocks',
  `SELECT p.id, p.stock, p.stock - coalesce(m.later, 0) - coalesce(m.inside, 0) AS opening,
     p.stock - coalesce(m.later, 0) AS closing
   FROM products p LEFT JOIN LATERAL (
     SELECT sum(delta) FILTER (WHERE created_at >= $3) AS later,
       sum(delta) FILTER (WHERE created_at >= $2 AND created_at < $3) AS inside
     FROM stock_movements WHERE product_id = p.id) m ON true
   WHERE p.id = ANY ($1::uuid[])`,
);
const STATE = statement(
  'reports.state',
  `SELECT (SELECT count(*)::int FROM sales WHERE status = 'pending') AS pending,
     count(*)::int AS refunds, coalesce(sum(amount), 0)::bigint AS refunded
   FROM refunds WHERE status = 'completed' AND updated_at >= $1 AND updated_at < $2`,
);

/** Reads what is told of customers, carts and stock. */
@Injectable()
export class ReportsRepository extends BaseRepository {
  /** @param days in UTC */
  cohorts(statuses: readonly string[], days: Span): Promise<CohortRow[]> {
    return this.rows<CohortRow & Record<string, unknown>>(COHORTS, [statuses, ...datesOf(days)]);
  }

  /** Who bought in a period: for the first time, or again. */
  async buyers(statuses: readonly string[], days: Span): Promise<BuyersRow> {
    const row = await this.first<BuyersRow & Record<string, unknown>>(BUYERS, [statuses, ...datesOf(days)]);
    return row ?? { fresh: 0, known: 0 };
  }

  async funnel({ from, to }: Span): Promise<FunnelRow> {
    const row = await this.first<FunnelRow & Record<string, unknown>>(FUNNEL, [from, to]);
    return row ?? { carts: 0, checkouts: 0, paid: 0 };
  }

  stocks(productIds: readonly string[], { from, to }: Span): Promise<StockRow[]> {
    return this.rows<StockRow & Record<string, unknown>>(STOCKS, [productIds, from, to]);
  }

  /** Sales that wait for payment now, and what was given back in a period. */
  async state({ from, to }: Span): Promise<StateRow> {
    const row = await this.first<StateRow & Record<string, unknown>>(STATE, [from, to]);
    return row ?? { pending: 0, refunds: 0, refunded: 0n };
  }
}

const datesOf = ({ from, to }: Span): string[] => [from, to].map((time) => time.toISOString().slice(0, 10));
