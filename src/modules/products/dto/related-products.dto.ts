import { ApiProperty } from '@nestjs/swagger';
import { IntQuery } from '../../../platform/fields/fields.js';
import { ProductResponse } from './product.dto.js';

/** How many related products are wanted. */
export class RelatedQuery {
  @IntQuery({ min: 1, max: 20, default: 8, description: 'Most products.' })
  limit = 8;
}

/** Products that go well with one, closest first. */
export class RelatedProductList {
  @ApiProperty({ type: ProductResponse, isArray: true })
  items!: readonly ProductResponse[];
}
