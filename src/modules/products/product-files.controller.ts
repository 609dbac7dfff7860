import { Controller, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Accepted } from '../../platform/http/created.js';
import { Download, Downloads } from '../../platform/http/download.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import type { StoredAnswer } from '../../platform/http/idempotency.js';
import { StreamedBody, type Upload, Uploaded } from '../../platform/http/streamed-body.js';
import { Access } from '../../platform/security/access.js';
import { CatalogueExportService } from './export/catalogue-export.service.js';
import { ImportResponse } from './import/dto/import.response.js';
import { ExportQuery, ImportQuery } from './import/dto/import-query.dto.js';
import { CATALOGUE, ImportUploadsService } from './import/import-uploads.service.js';

const FILE =
  'CSV with a header (RFC 4180) or a JSON object a line, UTF-8; gzip is known by Content-Encoding or its first bytes.';

@ApiTags('Imports')
@Controller('products')
@Access('products:write')
export class ProductFilesController {
  constructor(
    private readonly uploads: ImportUploadsService,
    private readonly catalogue: CatalogueExportService,
  ) {}

  @Post('import')
  @ApiOperation({
    summary: 'Import products from a file',
    description:
      'The file is kept and then imported in the background; the answer tells where to see how far that is. Products ' +
      'are found by their SKU; what the file does not give stays. Columns: `sku`, `name`, `price` and, as you like, ' +
      '`slug`, `currency`, `stock`, `active`, `category` (a slug, a name, or a path such as `Home > Kitchen`; unknown ' +
      'ones are made), `categorySlug`, `description`, `attributes` (JSON), `images` (JSON, or separated by spaces), ' +
      '`salePrice` with `saleStartsAt` and `saleEndsAt`, `groupId` with `options` (JSON) and the name in `group` that a ' +
      'group gets where it is not there, `lowStockThreshold`, `weight` in grams, ' +
      '`taxCategory`. In NDJSON `salePrice` may be `{ price, from, to }`. ' +
      'Rows are taken or refused one by one; of rows with one SKU the first counts. The same file can be sent again.',
  })
  @Idempotent('service')
  @StreamedBody(FILE, 'text/csv', 'application/x-ndjson', 'application/ndjson', 'application/jsonl')
  @Accepted(ImportResponse, '/api/imports')
  import(
    @Uploaded() file: Upload,
    @Query() query: ImportQuery,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<ImportResponse | StoredAnswer> {
    return this.uploads.receive(CATALOGUE, file, query, key);
  }

  @Get('export')
  @ApiOperation({
    summary: 'Export the catalogue as a file',
    description:
      'Every product that is not archived, as it is at one moment, with the columns that an import reads: imported into ' +
      'an empty shop of the same currency, the file comes out again byte by byte. In CSV a text that begins like a ' +
      'formula has an apostrophe before it, which an import takes away.',
  })
  @Downloads('The file.', ['text/csv', 'application/x-ndjson'])
  async export(@Query() { format }: ExportQuery, @Headers('accept') accept: string | undefined): Promise<Download> {
    const chosen = format ?? (accept?.includes('ndjson') ? 'ndjson' : 'csv');
    const type = chosen === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8';
    return new Download(`products.${chosen}`, type, await this.catalogue.open(chosen));
  }
}
