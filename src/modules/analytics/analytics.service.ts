import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { countryOf } from '../../common/country-names.js';
import { InvalidInput } from '../../common/domain-error.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { type CachedJson, cachedObject } from '../../platform/cache/cached-json.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { SALE_STATUSES } from '../sales/sales.api.js';
import { AnalyticsRepository } from './analytics.repository.js';
import { toCsv } from './analytics-csv.js';
import type { AnalyticsQuery } from './dto/analytics.query.js';
import { type AnalyticsResponse, toGroup, toTotals } from './dto/analytics.response.js';
import { periodOf } from './period.js';
import { countedOf, type Grouping, type Question } from './question.js';
import { before } from './spans.js';

const KEPT_SECONDS = 600;
const EVERY_SALE = ['sales'];

/** Answers questions about sales, out of the cache until a sale changes. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly analytics: AnalyticsRepository,
    private readonly uow: UnitOfWork,
    private readonly cache: AppCache,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {InvalidInput} naming what cannot be asked */
  async ask(query: AnalyticsQuery): Promise<CachedJson> {
    const question = await this.questionOf(query);
    const grouping = groupingOf(query);
    const { compare = null } = query;
    const key = keyOf('sales', { ...question, grouping, compare });
    const read = () => this.read(question, grouping, compare === 'previous');
    return cachedObject(this.cache, { key, ttl: KEPT_SECONDS, tags: EVERY_SALE }, read);
  }

  /** The groups as CSV. */
  async table(query: AnalyticsQuery): Promise<string> {
    const { json } = await this.ask(query);
    const { groups } = JSON.parse(json) as AnalyticsResponse;
    return toCsv(['key', 'label', 'sales', 'units', 'revenue'], groups);
  }

  private async questionOf(query: AnalyticsQuery): Promise<Question> {
    const { country, category, product, status, timeZone: zone } = query;
    const span = periodOf(query, zone, this.clock.now());
    const productId = product === undefined ? undefined : await this.analytics.findProduct(product);
    if (product !== undefined && productId === undefined) throw InvalidInput.field('product', 'is not a product');
    const categoryIds = category === undefined ? undefined : await this.analytics.categoryTree(category);
    if (categoryIds?.length === 0) throw InvalidInput.field('category', 'is not a category');
    const statuses = status === undefined ? countedOf(SALE_STATUSES) : [status];
    return { ...span, zone, statuses, country: country && countryOf(country), productId, categoryIds };
  }

  private async read(question: Question, grouping: Grouping, compare: boolean): Promise<AnalyticsResponse> {
    const { STORE_CURRENCY: currency } = this.config;
    const past = before(question);
    const [answer, previous] = await this.uow.run(
      async () => [
        await this.analytics.answer(question, [grouping]),
        compare ? await this.analytics.answer({ ...question, ...past }) : undefined,
      ],
      'REPEATABLE READ',
    );
    return {
      currency,
      from: question.from.toISOString(),
      to: question.to.toISOString(),
      timeZone: question.zone,
      asOf: this.clock.now().toISOString(),
      totals: toTotals(answer.totals, currency),
      ...(previous === undefined
        ? {}
        : {
            previous: {
              from: past.from.toISOString(),
              to: past.to.toISOString(),
              totals: toTotals(previous.totals, currency),
            },
          }),
      groups: (answer.groups[0] ?? []).map((group) => toGroup(group, grouping.by, currency)),
    };
  }
}

function groupingOf({ groupBy: by, sort, limit }: AnalyticsQuery): Grouping {
  return { by, sort: sort ?? (by === 'day' || by === 'month' ? 'key' : 'revenue'), limit };
}

/** A digest: a key of the cache is logged. */
function keyOf(what: string, asked: object): string {
  return `analytics:${what}:${createHash('sha256').update(JSON.stringify(asked)).digest('base64url')}`;
}
