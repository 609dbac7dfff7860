import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { Idempotent } from '../../../platform/http/idempotency.interceptor.js';
import { Linked } from '../../../platform/http/links.js';
import { Problem } from '../../../platform/http/problem.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import { Access } from '../../../platform/security/access.js';
import { Caller, type Principal } from '../../../platform/security/principal.js';
import { RequestReturn, ReturnPage, ReturnResponse } from '../dto/return.dto.js';
import { SaleReturnsService } from './sale-returns.service.js';

@ApiTags('Sales')
@Controller('sales/:id/returns')
export class SaleReturnsController {
  constructor(private readonly returns: SaleReturnsService) {}

  @Post()
  @Access('guest')
  @Idempotent()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Ask to send back pieces of a delivered sale',
    description: 'Staff approve or refuse it. When the goods have come in, what was charged for them is given back.',
  })
  @ApiCreatedResponse({ type: ReturnResponse })
  @ApiConflictResponse({
    type: Problem,
    description: '`invalid_transition` of a sale that is not delivered, `return_exceeds_sale` of more than is left.',
  })
  request(@Caller() caller: Principal, @IdParam('sale') id: string, @Body() body: RequestReturn) {
    return this.returns.request(caller, id, body);
  }

  @Get()
  @Access('guest')
  @Linked()
  @ApiOperation({ summary: 'List the returns of one of the own sales, newest first' })
  @ApiOkResponse({ type: ReturnPage })
  list(@Caller() caller: Principal, @IdParam('sale') id: string, @Query() query: PageQuery) {
    return this.returns.listOwn(caller, id, query);
  }
}
