import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import { Conflicts } from '../../../platform/http/conflicts.js';
import { Created } from '../../../platform/http/created.js';
import { Conditional } from '../../../platform/http/finished-json.js';
import { Idempotent } from '../../../platform/http/idempotency.interceptor.js';
import { Access } from '../../../platform/security/access.js';
import {
  CreateProductGroup,
  ProductGroupPage,
  ProductGroupResponse,
  UpdateProductGroup,
} from '../dto/product-group.dto.js';
import { ProductGroupsService } from './product-groups.service.js';

const idOrSlug = { name: 'id', description: 'Id or slug.' };

@ApiTags('Products')
@Controller('product-groups')
export class ProductGroupsController {
  constructor(private readonly groups: ProductGroupsService) {}

  @Get()
  @Access('public')
  @ApiOperation({ summary: 'List the groups of variants', description: 'Newest first.' })
  @Conditional(ProductGroupPage)
  list(@Query() query: PageQuery): Promise<FinishedJson> {
    return this.groups.list(query);
  }

  @Get(':id')
  @Access('public')
  @ApiOperation({ summary: 'Show a group with its members' })
  @ApiParam(idOrSlug)
  @Conditional(ProductGroupResponse)
  show(@Param('id') id: string): Promise<FinishedJson> {
    return this.groups.show(id);
  }

  @Post()
  @Access('products:write')
  @ApiOperation({
    summary: 'Make a group of variants',
    description: 'Products join it by their `groupId` and `options`.',
  })
  @Idempotent()
  @Created(ProductGroupResponse, '/api/product-groups')
  create(@Body() input: CreateProductGroup): Promise<ProductGroupResponse> {
    return this.groups.create(input);
  }

  @Patch(':id')
  @Conflicts('product_group_not_empty')
  @Access('products:write')
  @ApiOperation({
    summary: 'Change a group',
    description: '409 `product_group_not_empty` where its members would have to name other options.',
  })
  @ApiParam(idOrSlug)
  @ApiOkResponse({ type: ProductGroupResponse })
  update(@Param('id') id: string, @Body() input: UpdateProductGroup): Promise<ProductGroupResponse> {
    return this.groups.update(id, input);
  }

  @Delete(':id')
  @Access('products:write')
  @ApiOperation({ summary: 'Delete a group', description: 'Its members stay, each by itself and without options.' })
  @ApiParam(idOrSlug)
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@Param('id') id: string): Promise<void> {
    return this.groups.delete(id);
  }
}
