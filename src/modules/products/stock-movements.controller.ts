import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import { PageQuery } from '../../platform/fields/paging.fields.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { Linked } from '../../platform/http/links.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, actorIdOf, type StaffPrincipal } from '../../platform/security/principal.js';
import { CreateStockMovement, StockMovementPage, StockMovementResponse } from './dto/stock.dto.js';
import { StockService } from './stock.service.js';

@ApiTags('Products')
@Controller('products/:id/stock-movements')
@Access('inventory:write')
export class StockMovementsController {
  constructor(private readonly stock: StockService) {}

  @Get()
  @ApiOperation({ summary: 'List the stock ledger of a product, newest first' })
  @ApiOkResponse({ type: StockMovementPage })
  @Linked()
  list(@IdParam('product') id: string, @Query() query: PageQuery): Promise<Page<StockMovementResponse>> {
    return this.stock.ledger(id, query);
  }

  @Post()
  @Conflicts('insufficient_stock')
  @ApiOperation({
    summary: 'Move stock',
    description: 'A receipt, a return or an adjustment. 409 `insufficient_stock` where it would fall below zero.',
  })
  @ApiCreatedResponse({ type: StockMovementResponse })
  @Idempotent()
  add(
    @IdParam('product') id: string,
    @Body() input: CreateStockMovement,
    @Actor() actor: StaffPrincipal,
  ): Promise<StockMovementResponse> {
    return this.stock.add(id, input, actorIdOf(actor));
  }
}
