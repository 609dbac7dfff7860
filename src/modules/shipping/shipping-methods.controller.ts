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
import {
  CreateShippingMethod,
  ShippingMethodPage,
  ShippingMethodResponse,
  UpdateShippingMethod,
} from './dto/shipping-method.dto.js';
import { ShippingMethodsService } from './shipping-methods.service.js';

@ApiTags('Shipping')
@Controller('admin/shipping-methods')
export class ShippingMethodsController {
  constructor(private readonly methods: ShippingMethodsService) {}

  @Get()
  @Access('sales:read')
  @Linked()
  @ApiOperation({ summary: 'List the shipping methods', description: 'In the order in which buyers see them.' })
  @ApiOkResponse({ type: ShippingMethodPage })
  list(@Query() query: PageQuery): Promise<Page<ShippingMethodResponse>> {
    return this.methods.list(query);
  }

  @Get(':id')
  @Access('sales:read')
  @ApiOperation({ summary: 'Show a shipping method' })
  @ApiOkResponse({ type: ShippingMethodResponse })
  show(@IdParam('shipping_method') id: string): Promise<ShippingMethodResponse> {
    return this.methods.get(id);
  }

  @Post()
  @Access('sales:write')
  @Idempotent()
  @ApiOperation({
    summary: 'Make a shipping method',
    description: 'As long as there is none that is active, shipping costs nothing and goes everywhere.',
  })
  @Created(ShippingMethodResponse, '/api/admin/shipping-methods')
  @ApiConflictResponse({ type: Problem, description: '`shipping_code_taken`: another method has the code.' })
  create(@Body() input: CreateShippingMethod): Promise<ShippingMethodResponse> {
    return this.methods.create(input);
  }

  @Patch(':id')
  @Access('sales:write')
  @ApiOperation({ summary: 'Change a shipping method', description: 'Sales that have it stay as they are.' })
  @ApiOkResponse({ type: ShippingMethodResponse })
  update(@IdParam('shipping_method') id: string, @Body() input: UpdateShippingMethod): Promise<ShippingMethodResponse> {
    return this.methods.update(id, input);
  }

  @Delete(':id')
  @Access('sales:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a shipping method', description: 'Sales that have it stay as they are.' })
  @ApiNoContentResponse()
  delete(@IdParam('shipping_method') id: string): Promise<void> {
    return this.methods.delete(id);
  }
}
