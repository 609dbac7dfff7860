import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FinishedJson } from '../../platform/http/conditional.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { Created } from '../../platform/http/created.js';
import { Conditional } from '../../platform/http/finished-json.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { CategoriesService } from './categories.service.js';
import { CategoryDetail, CategoryResponse, CategoryTree, CreateCategory, UpdateCategory } from './dto/category.dto.js';

@ApiTags('Categories')
@Controller('categories')
export class CategoriesController {
  constructor(private readonly categories: CategoriesService) {}

  @Get()
  @Access('public')
  @ApiOperation({ summary: 'Show the tree of categories' })
  @Conditional(CategoryTree)
  tree(): Promise<FinishedJson> {
    return this.categories.tree();
  }

  @Get(':id')
  @Access('public')
  @ApiOperation({ summary: 'Show a category by its id or its slug, with what it lies below and what lies below it' })
  @ApiParam({ name: 'id', description: 'Id or slug.' })
  @Conditional(CategoryDetail)
  detail(@Param('id') idOrSlug: string): Promise<FinishedJson> {
    return this.categories.detail(idOrSlug);
  }

  @Post()
  @Conflicts('category_too_deep')
  @Access('products:write')
  @ApiOperation({
    summary: 'Make a category',
    description: '409 `category_too_deep` below the tenth level.',
  })
  @Idempotent()
  @Created(CategoryResponse, '/api/categories')
  create(@Body() input: CreateCategory): Promise<CategoryResponse> {
    return this.categories.create(input);
  }

  @Patch(':id')
  @Conflicts('category_cycle', 'category_too_deep')
  @Access('products:write')
  @ApiOperation({
    summary: 'Rename or move a category',
    description:
      'What lies below it moves along. 409 `category_cycle` where it would come to lie below itself, `category_too_deep` below the tenth level.',
  })
  @ApiOkResponse({ type: CategoryResponse })
  update(@IdParam('category') id: string, @Body() input: UpdateCategory): Promise<CategoryResponse> {
    return this.categories.update(id, input);
  }

  @Delete(':id')
  @Conflicts('category_not_empty')
  @Access('products:write')
  @ApiOperation({
    summary: 'Delete a category',
    description: 'Its products stay, without one. 409 `category_not_empty` where categories lie below it.',
  })
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@IdParam('category') id: string): Promise<void> {
    return this.categories.delete(id);
  }
}
