import type { Readable } from 'node:stream';
import { Controller, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../../common/paging.js';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { Conflicts } from '../../../platform/http/conflicts.js';
import { Download, Downloads } from '../../../platform/http/download.js';
import { ServerSentEvents } from '../../../platform/http/event-streams.js';
import { Linked } from '../../../platform/http/links.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import { Access } from '../../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../../platform/security/principal.js';
import { ImportErrorPage, type ImportErrorResponse, ImportPage, ImportResponse } from './dto/import.response.js';
import { ImportErrorsQuery } from './dto/import-query.dto.js';
import { ImportsService } from './imports.service.js';

@ApiTags('Imports')
@Controller('imports')
@Access('products:write')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Get()
  @ApiOperation({ summary: 'List imports, newest first', description: 'Kept for 30 days after their end.' })
  @ApiOkResponse({ type: ImportPage })
  @Linked()
  list(@Query() query: PageQuery): Promise<Page<ImportResponse>> {
    return this.imports.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show how far an import is' })
  @ApiOkResponse({ type: ImportResponse })
  get(@IdParam('import') id: string): Promise<ImportResponse> {
    return this.imports.get(id);
  }

  @Get(':id/errors')
  @ApiOperation({
    summary: 'List what an import refused, in the order of the file',
    description: 'A page of the list, or the whole as CSV with `format=csv` or `Accept: text/csv`.',
  })
  @Downloads('The report.', ['text/csv'], ImportErrorPage)
  @Linked()
  async errors(
    @IdParam('import') id: string,
    @Query() query: ImportErrorsQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<Page<ImportErrorResponse> | Download> {
    const format = query.format ?? (accept?.startsWith('text/csv') ? 'csv' : 'json');
    if (format === 'json') return this.imports.errors(id, query);
    return new Download(`import-${id}-errors.csv`, 'text/csv; charset=utf-8', await this.imports.report(id));
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'Hear how far an import is, until it ends',
    description:
      'Server-sent events: `progress` whenever something has changed, and last `completed` or `failed`; each carries ' +
      'the import as JSON. The stream ends with the access token, too.',
  })
  @ServerSentEvents('The events.')
  events(@IdParam('import') id: string, @Actor() actor: StaffPrincipal): Promise<Readable> {
    return this.imports.watch(id, actor.kind === 'user' ? new Date(actor.tokenExpiresAt * 1_000) : undefined);
  }

  @Post(':id/cancel')
  @Conflicts('invalid_transition')
  @ApiOperation({
    summary: 'Cancel an import',
    description:
      'It fails with the code `cancelled`; rows that are in stay in. 409 `invalid_transition` where it has ended.',
  })
  @HttpCode(200)
  @ApiOkResponse({ type: ImportResponse })
  cancel(@IdParam('import') id: string): Promise<ImportResponse> {
    return this.imports.cancel(id);
  }
}
