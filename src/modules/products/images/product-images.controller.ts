import { Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IfMatch, Preconditioned, Tagged } from '../../../platform/http/conditional.js';
import { Created } from '../../../platform/http/created.js';
import { IdempotencyKey, Idempotent } from '../../../platform/http/idempotency.interceptor.js';
import type { IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { Files, TakesFiles } from '../../../platform/http/uploads.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import type { Upload } from '../../../platform/media/upload.js';
import { Access } from '../../../platform/security/access.js';
import { ProductResponse } from '../dto/product.dto.js';
import { productTag } from '../product-row.js';
import { ProductImagesService } from './product-images.service.js';

@ApiTags('Products')
@Controller('products/:id/images')
export class ProductImagesController {
  constructor(private readonly images: ProductImagesService) {}

  @Post()
  @Access('products:write')
  @ApiOperation({
    summary: 'Upload images of a product',
    description:
      'They come behind those that it has, as `/media/{id}/1600.webp`; `320.webp` and `800.webp` beside it are the ' +
      'same picture, at most that wide. `PATCH` of the product puts its `images` into another order.',
  })
  @TakesFiles('JPEG, PNG, WebP, GIF or AVIF. A field `image`, `file` or `files` serves as well.')
  @Idempotent('service')
  @Created(ProductResponse, '/api/products')
  @ApiResponse({ status: 413, description: '`image_too_large`: a file has too many bytes, or too many pixels.' })
  @ApiResponse({ status: 415, description: '`not_an_image`: a file is none, or broken.' })
  @Preconditioned()
  @Tagged(productTag)
  add(
    @IdParam('product') id: string,
    @Files() upload: Upload,
    @IfMatch() tags: readonly string[] | undefined,
    @IdempotencyKey() key?: IdempotentRequest,
  ): Promise<ProductResponse | StoredAnswer> {
    return this.images.add(id, upload, tags, key);
  }

  @Delete(':imageId')
  @Access('products:write')
  @ApiOperation({ summary: 'Take an uploaded image off a product' })
  @HttpCode(204)
  @ApiNoContentResponse()
  @Preconditioned()
  remove(
    @IdParam('product') id: string,
    @Param('imageId') imageId: string,
    @IfMatch() tags: readonly string[] | undefined,
  ): Promise<void> {
    return this.images.remove(id, imageId, tags);
  }
}
