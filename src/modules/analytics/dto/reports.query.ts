import { EnumField, IntQuery } from '../../../platform/fields/fields.js';
import { PeriodQuery } from './analytics.query.js';

export class ReportQuery extends PeriodQuery {
  @EnumField('AnalyticsFormat', ['json', 'csv'], { optional: true, description: '`csv` gives the rows as a file.' })
  format?: 'json' | 'csv';
}

export class StockQuery extends ReportQuery {
  @IntQuery({ min: 1, max: 1_000, description: 'So many products, those that sold most first.' })
  limit = 100;
}
