import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import { PageQuery } from '../../platform/fields/paging.fields.js';
import { Created } from '../../platform/http/created.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { Linked } from '../../platform/http/links.js';
import { Problem } from '../../platform/http/problem.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { CreatePromotion, PromotionPage, PromotionResponse, UpdatePromotion } from './dto/promotion.dto.js';
import { PromotionsService } from './promotions.service.js';

const TAKEN = { type: Problem, description: '`coupon_code_taken`: another promotion has the code.' };

@ApiTags('Promotions')
@Access('products:write')
@Controller('admin/promotions')
export class PromotionsController {
  constructor(private readonly promotions: PromotionsService) {}

  @Get()
  @Linked()
  @ApiOperation({ summary: 'List the promotions', description: 'Newest first.' })
  @ApiOkResponse({ type: PromotionPage })
  list(@Query() query: PageQuery): Promise<Page<PromotionResponse>> {
    return this.promotions.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a promotion, with its uses so far' })
  @ApiOkResponse({ type: PromotionResponse })
  show(@IdParam('promotion') id: string): Promise<PromotionResponse> {
    return this.promotions.get(id);
  }

  @Post()
  @Idempotent()
  @ApiOperation({
    summary: 'Make a promotion',
    description:
      'Those without `exclusive` add up in the order of `priority`, each on what those before it have left. Buyers get ' +
      'whatever saves most.',
  })
  @Created(PromotionResponse, '/api/admin/promotions')
  @ApiConflictResponse(TAKEN)
  create(@Body() input: CreatePromotion): Promise<PromotionResponse> {
    return this.promotions.create(input);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a promotion', description: 'Sales that have it stay as they are.' })
  @ApiOkResponse({ type: PromotionResponse })
  @ApiConflictResponse(TAKEN)
  update(@IdParam('promotion') id: string, @Body() input: UpdatePromotion): Promise<PromotionResponse> {
    return this.promotions.update(id, input);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a promotion that no sale has used' })
  @ApiNoContentResponse()
  @ApiConflictResponse({ type: Problem, description: '`promotion_in_use`: make it inactive instead.' })
  delete(@IdParam('promotion') id: string): Promise<void> {
    return this.promotions.delete(id);
  }
}
