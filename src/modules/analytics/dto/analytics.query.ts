import { DateTimeField, EnumField, IntQuery, TextField } from '../../../platform/fields/fields.js';
import { SALE_STATUSES, type SaleStatus } from '../../sales/sales.api.js';
import { GROUPS, type GroupBy, SORTS, type SortBy } from '../question.js';
import { ZoneField } from './zone.field.js';

/** A period and what of its sales is looked at. */
export class PeriodQuery {
  @DateTimeField({ optional: true, description: 'Placed at or after. Without it: 30 days before `to`.' })
  from?: string;

  @DateTimeField({ optional: true, description: 'Placed before. Without it: the end of today in `timeZone`.' })
  to?: string;

  @ZoneField({
    optional: true,
    description: 'IANA name of the time zone whose days and months are meant; UTC without it.',
  })
  timeZone = 'UTC';
}

/** What is asked of sales. */
export class AnalyticsQuery extends PeriodQuery {
  @EnumField('AnalyticsGroupBy', GROUPS, { optional: true, description: '`day` without it.' })
  groupBy: GroupBy = 'day';

  @TextField({
    optional: true,
    max: 100,
    description: 'Delivered to this country: ISO 3166-1 alpha-2, or a name.',
    example: 'GB',
  })
  country?: string;

  @TextField({ optional: true, max: 200, description: 'Slug of a category; those below it count too.' })
  category?: string;

  @TextField({ optional: true, max: 64, description: 'Id or SKU of a product.' })
  product?: string;

  @EnumField('SaleStatus', SALE_STATUSES, {
    optional: true,
    description:
      'Sales with this status, whatever it is; without it those that were paid for and neither cancelled nor returned.',
  })
  status?: SaleStatus;

  @EnumField('AnalyticsSort', SORTS, {
    optional: true,
    description: '`key` goes up, the others down. Without it `key` for days and months, else `revenue`.',
  })
  sort?: SortBy;

  @IntQuery({ min: 1, max: 1_000, description: 'The first so many groups; all without it.' })
  limit?: number;

  @EnumField('AnalyticsCompare', ['previous'], {
    optional: true,
    description: '`previous` tells the totals of the period of the same length before, too.',
  })
  compare?: 'previous';

  @EnumField('AnalyticsFormat', ['json', 'csv'], { optional: true, description: '`csv` gives the groups as a file.' })
  format?: 'json' | 'csv';
}
