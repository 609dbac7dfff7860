import { ApiProperty } from '@nestjs/swagger';
import type { PageRequest } from '../../common/paging.js';
import { IntQuery, TextField } from './fields.js';

/** Query of every list. */
export class PageQuery implements PageRequest {
  @IntQuery({ min: 1, max: 1_000_000, default: 1, description: 'Page of the list, from 1.' })
  page = 1;

  @IntQuery({ min: 1, max: 100, default: 20, description: 'Rows a page.' })
  perPage = 20;

  @TextField({
    optional: true,
    min: 0,
    max: 2_000,
    description: 'Pages by keyset instead of by number: empty to start, then the last nextCursor.',
  })
  cursor?: string;
}

/** The envelope of every list; `page` and `total` are absent under keyset paging. */
export class PageEnvelope {
  @ApiProperty({ required: false, type: 'integer' })
  page?: number;

  @ApiProperty({ type: 'integer' })
  perPage!: number;

  @ApiProperty({ required: false, type: 'integer' })
  total?: number;

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page; null on the last.' })
  nextCursor!: string | null;
}

/** A class that describes one page of `item`s to OpenAPI. */
export function pageOf(item: new () => object, name: string): new () => PageEnvelope {
  class ItemPage extends PageEnvelope {
    @ApiProperty({ type: item, isArray: true })
    items!: readonly object[];
  }
  Object.defineProperty(ItemPage, 'name', { value: name });
  return ItemPage;
}
