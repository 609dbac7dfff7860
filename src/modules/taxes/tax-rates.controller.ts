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
import { CreateTaxRate, TaxRatePage, TaxRateResponse, UpdateTaxRate } from './dto/tax-rate.dto.js';
import { TaxRatesService } from './tax-rates.service.js';

const TAKEN = { type: Problem, description: '`tax_rate_taken`: the category has a rate there already.' };

@ApiTags('Taxes')
@Controller('admin/tax-rates')
export class TaxRatesController {
  constructor(private readonly rates: TaxRatesService) {}

  @Get()
  @Access('sales:read')
  @Linked()
  @ApiOperation({ summary: 'List the tax rates', description: 'Newest first.' })
  @ApiOkResponse({ type: TaxRatePage })
  list(@Query() query: PageQuery): Promise<Page<TaxRateResponse>> {
    return this.rates.list(query);
  }

  @Get(':id')
  @Access('sales:read')
  @ApiOperation({ summary: 'Show a tax rate' })
  @ApiOkResponse({ type: TaxRateResponse })
  show(@IdParam('tax_rate') id: string): Promise<TaxRateResponse> {
    return this.rates.get(id);
  }

  @Post()
  @Access('sales:write')
  @Idempotent()
  @ApiOperation({
    summary: 'Make a tax rate',
    description:
      'Of the region before that of its country, of the category before the standard one. Where a country has none, nothing ' +
      'is taxed: a category that is free of tax has a rate of 0.',
  })
  @Created(TaxRateResponse, '/api/admin/tax-rates')
  @ApiConflictResponse(TAKEN)
  create(@Body() input: CreateTaxRate): Promise<TaxRateResponse> {
    return this.rates.create(input);
  }

  @Patch(':id')
  @Access('sales:write')
  @ApiOperation({ summary: 'Change a tax rate', description: 'Sales that have it stay as they are.' })
  @ApiOkResponse({ type: TaxRateResponse })
  @ApiConflictResponse(TAKEN)
  update(@IdParam('tax_rate') id: string, @Body() input: UpdateTaxRate): Promise<TaxRateResponse> {
    return this.rates.update(id, input);
  }

  @Delete(':id')
  @Access('sales:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a tax rate', description: 'Sales that have it stay as they are.' })
  @ApiNoContentResponse()
  delete(@IdParam('tax_rate') id: string): Promise<void> {
    return this.rates.delete(id);
  }
}
