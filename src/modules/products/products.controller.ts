import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Unattributed } from '../../platform/http/attribution.js';
import { type FinishedJson, IfMatch, Preconditioned, Tagged } from '../../platform/http/conditional.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { Created } from '../../platform/http/created.js';
import { Conditional } from '../../platform/http/finished-json.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, actorIdOf, type StaffPrincipal } from '../../platform/security/principal.js';
import { CatalogueService } from './catalogue.service.js';
import { CreateProduct, ProductPage, ProductResponse, UpdateProduct } from './dto/product.dto.js';
import { ProductQuery } from './dto/product-query.dto.js';
import { SetStock } from './dto/stock.dto.js';
import { productTag } from './product-row.js';
import { ProductsService } from './products.service.js';
import { StockService } from './stock.service.js';

const PRODUCT_CONFLICTS = ['sku_taken', 'product_group_full', 'variant_taken'] as const;

@ApiTags('Products')
@Controller('products')
export class ProductsController {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly products: ProductsService,
    private readonly stock: StockService,
  ) {}

  @Get()
  @Unattributed()
  @Access('public')
  @ApiOperation({ summary: 'Search and list the catalogue' })
  @Conditional(ProductPage)
  list(@Query() query: ProductQuery): Promise<FinishedJson> {
    return this.catalogue.list(query);
  }

  @Get(':id')
  @Unattributed()
  @Access('public')
  @ApiOperation({ summary: 'Show a product by its id or its slug' })
  @ApiParam({ name: 'id', description: 'Id or slug.' })
  @Conditional(ProductResponse)
  detail(@Param('id') idOrSlug: string): Promise<FinishedJson> {
    return this.catalogue.detail(idOrSlug);
  }

  @Post()
  @Conflicts(...PRODUCT_CONFLICTS)
  @Access('products:write')
  @ApiOperation({ summary: 'Make a product' })
  @Idempotent()
  @Created(ProductResponse, '/api/products')
  @Tagged(productTag)
  create(@Body() input: CreateProduct, @Actor() actor: StaffPrincipal): Promise<ProductResponse> {
    return this.products.create(input, actorIdOf(actor));
  }

  @Patch(':id')
  @Conflicts(...PRODUCT_CONFLICTS)
  @Access('products:write')
  @ApiOperation({ summary: 'Change a product' })
  @ApiOkResponse({ type: ProductResponse })
  @Preconditioned()
  @Tagged(productTag)
  update(
    @IdParam('product') id: string,
    @Body() input: UpdateProduct,
    @IfMatch() tags: readonly string[] | undefined,
  ): Promise<ProductResponse> {
    return this.products.update(id, input, tags);
  }

  @Delete(':id')
  @Access('products:write')
  @ApiOperation({ summary: 'Archive a product', description: 'Gone from the catalogue, kept on past sales.' })
  @HttpCode(204)
  @ApiNoContentResponse()
  @Preconditioned()
  archive(@IdParam('product') id: string, @IfMatch() tags: readonly string[] | undefined): Promise<void> {
    return this.products.archive(id, tags);
  }

  @Post(':id/restore')
  @Access('products:write')
  @ApiOperation({
    summary: 'Take an archived product back into the catalogue',
    description: 'As it was. What is not archived stays as it is, so that it can be repeated.',
  })
  @HttpCode(200)
  @ApiOkResponse({ type: ProductResponse })
  @Preconditioned()
  @Tagged(productTag)
  restore(@IdParam('product') id: string, @IfMatch() tags: readonly string[] | undefined): Promise<ProductResponse> {
    return this.products.restore(id, tags);
  }

  @Put(':id/stock')
  @Access('inventory:write')
  @ApiOperation({ summary: 'Set the stock to what was counted', description: 'Kept in the ledger as an adjustment.' })
  @ApiOkResponse({ type: ProductResponse })
  @Preconditioned()
  @Tagged(productTag)
  setStock(
    @IdParam('product') id: string,
    @Body() input: SetStock,
    @IfMatch() tags: readonly string[] | undefined,
    @Actor() actor: StaffPrincipal,
  ): Promise<ProductResponse> {
    return this.stock.set(id, input, tags, actorIdOf(actor));
  }
}
