import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import { Conditional } from '../../../platform/http/finished-json.js';
import { Access } from '../../../platform/security/access.js';
import { RelatedProductList, RelatedQuery } from '../dto/related-products.dto.js';
import { RelatedProductsService } from './related-products.service.js';

@ApiTags('Products')
@Controller('products/:id/related')
export class RelatedProductsController {
  constructor(private readonly related: RelatedProductsService) {}

  @Get()
  @Access('public')
  @ApiOperation({
    summary: 'What goes well with a product',
    description:
      'Bought together with it in the confirmed sales of a year, closest first (Jaccard index, at least two sales), ' +
      'worked out once a day; where that is too little, more of its category. Archived and hidden products never appear.',
  })
  @ApiParam({ name: 'id', description: 'Id or slug.' })
  @Conditional(RelatedProductList)
  list(@Param('id') id: string, @Query() { limit }: RelatedQuery): Promise<FinishedJson> {
    return this.related.of(id, limit);
  }
}
