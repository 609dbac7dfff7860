import { BoolQuery, EnumField, MoneyQuery, TextField } from '../../../platform/fields/fields.js';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { SORT_KEYS, type SortKey } from '../catalogue-sorts.js';

/** Which products a list holds, and in which order. */
export class ProductQuery extends PageQuery {
  @TextField({
    optional: true,
    min: 0,
    max: 200,
    description: 'Words of the name or the description, or a SKU or its start.',
  })
  q?: string;

  @TextField({ optional: true, max: 200, description: 'Slug of a category; those below it count too.' })
  category?: string;

  @MoneyQuery({ description: 'Lowest price.' })
  minPrice?: string;

  @MoneyQuery({ description: 'Highest price.' })
  maxPrice?: string;

  @BoolQuery({ description: 'Only those in stock, or only those that are not.' })
  inStock?: boolean;

  @EnumField('ProductSort', SORT_KEYS, {
    optional: true,
    description: 'Without it newest first, or with q the best match first. Relevance without q is newest first.',
  })
  sort?: SortKey;

  @BoolQuery({ description: 'Also tells counts by category and the range of prices, over the same filters.' })
  facets?: boolean;
}
