import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { StockLevelQuery, StockLevelResponse } from './dto/stock.dto.js';
import { StockService } from './stock.service.js';

@ApiTags('Products')
@Controller('products')
@Access('inventory:write')
export class StockLevelsController {
  constructor(private readonly stock: StockService) {}

  @Get(':id/stock')
  @ApiOperation({
    summary: 'Show the stock of a product, now or at a moment',
    description:
      'What the ledger says: a movement counts from its `createdAt`, and one that had to wait for another of the same ' +
      'product from that of the other, so that levels follow one another in the order in which they were applied.',
  })
  @ApiOkResponse({ type: StockLevelResponse })
  level(@IdParam('product') id: string, @Query() { asOf }: StockLevelQuery): Promise<StockLevelResponse> {
    return this.stock.level(id, asOf);
  }
}
