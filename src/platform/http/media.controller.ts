import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImageNotFound } from '../media/media.errors.js';
import { MediaStore } from '../media/media-store.js';
import { isImageId, RENDITION_WIDTHS, widthOfFile } from '../media/renditions.js';
import { RateLimited } from '../rate-limits/rate-limited.js';
import { Access } from '../security/access.js';
import { isNoneMatch } from './conditional.js';

/** What an address stands for never changes, so who has it need not ask again for a year. */
const FOREVER = 'public, max-age=31536000, immutable';

@ApiTags('Products')
@Access('public')
@RateLimited('none')
@Controller('media')
export class MediaController {
  constructor(@Inject(MediaStore) private readonly store: MediaStore) {}

  @Get(':id/:file')
  @ApiOperation({
    summary: 'A picture of a product',
    description: `As WebP, at most as wide as the name of the file says: ${RENDITION_WIDTHS.join(', ')} pixels.`,
  })
  @ApiParam({ name: 'id', description: 'Of the image, in the addresses that products show.' })
  @ApiParam({ name: 'file', enum: RENDITION_WIDTHS.map((width) => `${width}.webp`) })
  @ApiOkResponse({ content: { 'image/webp': { schema: { type: 'string', format: 'binary' } } } })
  @ApiResponse({ status: 304, description: 'The client has it already.' })
  async show(
    @Param('id') id: string,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const width = widthOfFile(file);
    if (width === undefined || !isImageId(id)) throw new ImageNotFound();
    const etag = `"${id.slice(0, 16)}.${width}"`;
    const known = isNoneMatch(request.headers['if-none-match'], etag);
    const bytes = known ? undefined : await this.store.get(id, width);
    if (!known && bytes === undefined) throw new ImageNotFound();
    reply.header('etag', etag).header('cache-control', FOREVER);
    if (known) reply.status(304);
    else reply.header('content-type', 'image/webp');
    return bytes;
  }
}
