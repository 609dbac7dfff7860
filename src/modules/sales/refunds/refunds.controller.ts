import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { IdempotencyKey, Idempotent } from '../../../platform/http/idempotency.interceptor.js';
import type { IdempotentRequest } from '../../../platform/http/idempotency.js';
import { Linked } from '../../../platform/http/links.js';
import { Problem } from '../../../platform/http/problem.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import { Access } from '../../../platform/security/access.js';
import { CreateRefund } from '../dto/refund.request.js';
import { RefundPage, RefundResponse } from '../dto/refund.response.js';
import { RefundingService } from './refunding.service.js';

@ApiTags('Sales (staff)')
@Controller('admin/sales/:id/refunds')
export class RefundsController {
  constructor(private readonly refunding: RefundingService) {}

  @Post()
  @Access('refunds:write')
  @Idempotent('service')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Give money back: all that is left, an amount, or what some pieces cost',
    description:
      'Never more than was paid. A completed refund has a credit note; one that the provider has not paid out yet is ' +
      '`pending`, and is asked for again until it is. No stock comes back by it: that takes a return.',
  })
  @ApiCreatedResponse({ type: RefundResponse })
  @ApiConflictResponse({ type: Problem, description: '`refund_exceeds_payment`; nothing was given back.' })
  refund(@IdParam('sale') id: string, @Body() body: CreateRefund, @IdempotencyKey() key?: IdempotentRequest) {
    return this.refunding.refund(id, body, key);
  }

  @Get()
  @Access('sales:read')
  @Linked()
  @ApiOperation({ summary: 'List the refunds of a sale, newest first' })
  @ApiOkResponse({ type: RefundPage })
  list(@IdParam('sale') id: string, @Query() query: PageQuery) {
    return this.refunding.list(id, query);
  }
}
