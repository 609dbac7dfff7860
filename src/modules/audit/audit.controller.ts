import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import { Linked } from '../../platform/http/links.js';
import { Access } from '../../platform/security/access.js';
import { AuditService } from './audit.service.js';
import { AuditQuery } from './dto/audit.query.js';
import { type AuditEntryResponse, AuditPage } from './dto/audit-entry.response.js';

@ApiTags('Audit')
@Controller('admin/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Access('audit:read')
  @Linked()
  @ApiOperation({ summary: 'Who did what to which thing, newest first' })
  @ApiOkResponse({ type: AuditPage })
  list(@Query() query: AuditQuery): Promise<Page<AuditEntryResponse>> {
    return this.audit.list(query);
  }
}
