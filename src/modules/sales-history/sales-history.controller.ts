import { Controller, Headers, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Accepted } from '../../platform/http/created.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import type { StoredAnswer } from '../../platform/http/idempotency.js';
import { StreamedBody, type Upload, Uploaded } from '../../platform/http/streamed-body.js';
import { Access } from '../../platform/security/access.js';
import { ImportResponse, ImportsApi } from '../products/imports.api.js';
import { SalesImportQuery } from './dto/sales-import.query.js';

const FILE =
  'CSV with a header (RFC 4180) or a JSON object a line, UTF-8; gzip is known by Content-Encoding or its first bytes.';

@ApiTags('Imports')
@Controller('admin/sales')
@Access('sales:write')
export class SalesHistoryController {
  constructor(private readonly imports: ImportsApi) {}

  @Post('import')
  @ApiOperation({
    summary: 'Import sales of another system from a file',
    description:
      'The file is kept and then imported in the background; the answer tells where to see how far that is. A row is a ' +
      'line of a sale: `number`, `sku`, `quantity`, `unitPrice`, `placedAt` and, as you like, `name`, `customer`, ' +
      '`country`; rows of one number are one sale. A number that begins with C and a digit is a cancellation, whose ' +
      'quantities are negative. Products are found by their SKU, customers by number or email; others are made. Prices ' +
      'and times stay as they were; no stock moves unless `moveStock` asks for it, and nothing is invoiced. A sale that is in already is not changed.',
  })
  @Idempotent('service')
  @StreamedBody(FILE, 'text/csv', 'application/x-ndjson', 'application/ndjson', 'application/jsonl')
  @Accepted(ImportResponse, '/api/imports')
  import(
    @Uploaded() file: Upload,
    @Query() query: SalesImportQuery,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<ImportResponse | StoredAnswer> {
    return this.imports.receive('sales', '/api/admin/sales/import', file, query, key);
  }
}
