import { BoolQuery, EnumField, MoneyQuery, TextField } from '../../../platform/fields/fields.js';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { SORT_KEYS, type SortKey } from '../catalogue-sorts.js';

/** Which products a list holds, and in which order. */
export class ProductQuery extends PageQuery {
  @TextField({
    optional: true,
    min: 0,
    max: 200,
    description:
      'Words of SKU, name, description or attribute values, without regard to case and accents, all of which must be ' +
      'there; the last may be the beginning of one (from three letters on, and unless a thousand products have it as it ' +
      'stands). Words that no product has are taken for similar ones. Everything but letters and digits parts words.',
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
    description:
      'Without it newest first, or with q the best match first. Relevance without q is newest first; with it come the SKU itself, SKUs that begin so, names that begin so, all words in the name, all words anywhere.',
  })
  sort?: SortKey;

  @BoolQuery({ description: 'Also tells counts by category and the range of prices, over the same filters.' })
  facets?: boolean;
}
