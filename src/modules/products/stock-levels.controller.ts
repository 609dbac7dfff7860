import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import { PageQuery } from '../../platform/fields/paging.fields.js';
import { Linked } from '../../platform/http/links.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { LowStockPage, type LowStockResponse, StockLevelQuery, StockLevelResponse } from './dto/stock-level.dto.js';
import { StockLevelsService } from './stock-levels.service.js';

@ApiTags('Products')
@Controller('products')
@Access('inventory:write')
export class StockLevelsController {
  constructor(private readonly levels: StockLevelsService) {}

  @Get('low-stock')
  @ApiOperation({
    summary: 'List the products whose stock is low, the emptiest first',
    description:
      'Below the `lowStockThreshold` of the product, or else of the shop. A movement that takes a product below it ' +
      'also causes an event `stock.low`, once until it has been above again.',
  })
  @ApiOkResponse({ type: LowStockPage })
  @Linked()
  low(@Query() query: PageQuery): Promise<Page<LowStockResponse>> {
    return this.levels.low(query);
  }

  @Get(':id/stock')
  @ApiOperation({
    summary: 'Show the stock of a product, now or at a moment',
    description:
      'What the ledger says: a movement counts from its `createdAt`, and one that had to wait for another of the same ' +
      'product from that of the other, so that levels follow one another in the order in which they were applied.',
  })
  @ApiOkResponse({ type: StockLevelResponse })
  level(@IdParam('product') id: string, @Query() { asOf }: StockLevelQuery): Promise<StockLevelResponse> {
    return this.levels.level(id, asOf);
  }
}
