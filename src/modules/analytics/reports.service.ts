import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { formatMoney } from '../../common/money.js';
import { startOfDay } from '../../common/time-zones.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { type CachedJson, cachedObject } from '../../platform/cache/cached-json.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { SALE_STATUSES } from '../sales/sales.api.js';
import { AnalyticsRepository } from './analytics.repository.js';
import type { PeriodQuery } from './dto/analytics.query.js';
import { toGroup, toTotals } from './dto/analytics.response.js';
import type { StockQuery } from './dto/reports.query.js';
import {
  type CustomersResponse,
  type FunnelResponse,
  type OverviewResponse,
  type StockResponse,
  toCohort,
  toFunnel,
  toStockTurn,
} from './dto/reports.response.js';
import { periodOf } from './period.js';
import { countedOf, type Grouping, type Question } from './question.js';
import { ReportsRepository } from './reports.repository.js';
import { before, type Span } from './spans.js';

const KEPT_SECONDS = 600;
const TOP = 5;
/** What an overview lists of a period: days, best products, best countries. */
const SHOWN: readonly Grouping[] = [
  { by: 'day', sort: 'key', limit: undefined },
  { by: 'product', sort: 'revenue', limit: TOP },
  { by: 'country', sort: 'revenue', limit: TOP },
];
const DAY_MS = 86_400_000;
const COUNTED = countedOf(SALE_STATUSES);

/** Tells of customers, carts, stock and the shop as a whole, out of the cache until a sale changes. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly analytics: AnalyticsRepository,
    private readonly reports: ReportsRepository,
    private readonly uow: UnitOfWork,
    private readonly cache: AppCache,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Days are those of UTC: the period is taken from the day that it begins on to that before it ends. */
  customers(query: PeriodQuery): Promise<CachedJson> {
    return this.kept('customers', query, async (span): Promise<CustomersResponse> => {
      const { STORE_CURRENCY: currency } = this.config;
      const days = { from: dayOf(span.from), to: dayOf(new Date(span.to.getTime() + DAY_MS - 1)) };
      const { fresh, known } = await this.reports.buyers(COUNTED, days);
      const cohorts = await this.reports.cohorts(COUNTED, days);
      return {
        ...this.told(days),
        currency,
        newCustomers: fresh,
        returningCustomers: known,
        cohorts: cohorts.map((row) => toCohort(row, currency)),
      };
    });
  }

  funnel(query: PeriodQuery): Promise<CachedJson> {
    return this.kept('funnel', query, async (span): Promise<FunnelResponse> => {
      return { ...this.told(span), ...toFunnel(await this.reports.funnel(span)) };
    });
  }

  stock(query: StockQuery): Promise<CachedJson> {
    return this.kept('stock', query, async (span): Promise<StockResponse> => {
      const grouping = { by: 'product', sort: 'units', limit: query.limit } as const;
      const answer = await this.analytics.answer(questionOf(span, query.timeZone), [grouping], false);
      const groups = answer.groups[0] ?? [];
      const ids = groups.flatMap(({ id }) => id ?? []);
      const stocks = new Map((await this.reports.stocks(ids, span)).map((row) => [row.id, row]));
      const days = (span.to.getTime() - span.from.getTime()) / DAY_MS;
      return { ...this.told(span), items: groups.map((group) => toStockTurn(group, stocks.get(group.id ?? ''), days)) };
    });
  }

  overview(query: PeriodQuery): Promise<CachedJson> {
    return this.kept('overview', query, (span) => this.overviewOf(span, query.timeZone));
  }

  private async overviewOf(span: Span, zone: string): Promise<OverviewResponse> {
    const { STORE_CURRENCY: currency } = this.config;
    const question = questionOf(span, zone);
    const past = before(span);
    const midnight = startOfDay(zone, this.clock.now());
    const { totals, groups } = await this.analytics.answer(question, SHOWN);
    const [days = [], topProducts = [], topCountries = []] = SHOWN.map(({ by }, place) =>
      (groups[place] ?? []).map((group) => toGroup(group, by, currency)),
    );
    const previous = await this.analytics.answer({ ...question, ...past });
    const today = { ...question, from: midnight, to: startOfDay(zone, this.clock.now(), 1) };
    const { totals: now } = await this.analytics.answer(today);
    const { pending, refunds, refunded } = await this.reports.state(span);
    return {
      ...this.told(span),
      currency,
      timeZone: zone,
      totals: toTotals(totals, currency),
      previous: {
        from: past.from.toISOString(),
        to: past.to.toISOString(),
        totals: toTotals(previous.totals, currency),
      },
      today: toTotals(now, currency),
      days,
      topProducts,
      topCountries,
      funnel: toFunnel(await this.reports.funnel(span)),
      pendingSales: pending,
      refunds,
      refunded: formatMoney(refunded, currency),
    };
  }

  private kept(what: string, query: PeriodQuery, read: (span: Span) => Promise<object>): Promise<CachedJson> {
    const span = periodOf(query, query.timeZone, this.clock.now());
    const asked = JSON.stringify({ ...query, format: undefined, ...span, today: dayOf(this.clock.now()) });
    const key = `analytics:${what}:${createHash('sha256').update(asked).digest('base64url')}`;
    const plan = { key, ttl: KEPT_SECONDS, tags: ['sales'] };
    return cachedObject(this.cache, plan, () => this.uow.run(() => read(span), 'REPEATABLE READ'));
  }

  private told({ from, to }: Span) {
    return { from: from.toISOString(), to: to.toISOString(), asOf: this.clock.now().toISOString() };
  }
}

function questionOf(span: Span, zone: string): Question {
  return { from: span.from, to: span.to, zone, statuses: COUNTED };
}

function dayOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS);
}
