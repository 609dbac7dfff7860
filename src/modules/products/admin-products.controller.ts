import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import { Linked } from '../../platform/http/links.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { AdminProductsService } from './admin-products.service.js';
import { AdminProductPage, AdminProductResponse, AdminProductsQuery } from './dto/admin-product.dto.js';

@ApiTags('Products (staff)')
@Controller('admin/products')
@Access('products:write')
export class AdminProductsController {
  constructor(private readonly products: AdminProductsService) {}

  @Get()
  @ApiOperation({ summary: 'List all products, newest first, also those that the public does not see' })
  @ApiOkResponse({ type: AdminProductPage })
  @Linked()
  list(@Query() query: AdminProductsQuery): Promise<Page<AdminProductResponse>> {
    return this.products.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One product, whether the public sees it or not' })
  @ApiOkResponse({ type: AdminProductResponse })
  get(@IdParam('product') id: string): Promise<AdminProductResponse> {
    return this.products.get(id);
  }
}
