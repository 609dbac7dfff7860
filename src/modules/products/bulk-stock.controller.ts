import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Conflicts } from '../../platform/http/conflicts.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { Access } from '../../platform/security/access.js';
import { Actor, actorIdOf, type StaffPrincipal } from '../../platform/security/principal.js';
import { BulkStockService } from './bulk-stock.service.js';
import { BulkStockResult, BulkStockUpdate } from './dto/bulk-stock.dto.js';

@ApiTags('Products')
@Controller('products/stock')
@Access('inventory:write')
export class BulkStockController {
  constructor(private readonly stock: BulkStockService) {}

  @Post()
  @Conflicts('insufficient_stock')
  @ApiOperation({
    summary: 'Set or move the stock of up to 1,000 products',
    description:
      'All lines or none: 404 `product_not_found` and 409 `insufficient_stock` name every line that is refused in ' +
      '`errors`, as `items.3.delta`, with `productId`, `requested` and `available` where there is too little.',
  })
  @HttpCode(200)
  @ApiOkResponse({ type: BulkStockResult })
  @Idempotent()
  update(@Body() input: BulkStockUpdate, @Actor() actor: StaffPrincipal): Promise<BulkStockResult> {
    return this.stock.update(input, actorIdOf(actor));
  }
}
