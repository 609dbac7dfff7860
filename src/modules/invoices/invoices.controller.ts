import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../../platform/fields/paging.fields.js';
import { Linked } from '../../platform/http/links.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, CurrentUser, type StaffPrincipal, type UserPrincipal } from '../../platform/security/principal.js';
import { InvoicePage, InvoiceResponse } from './dto/invoice.response.js';
import { InvoicesService } from './invoices.service.js';

@ApiTags('Invoices')
@Controller()
export class InvoicesController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get('invoices')
  @Access('bearer')
  @Linked()
  @ApiOperation({ summary: 'List the own invoices and credit notes, newest first' })
  @ApiOkResponse({ type: InvoicePage })
  list(@CurrentUser() user: UserPrincipal, @Query() query: PageQuery) {
    return this.invoices.list(user, query);
  }

  @Get('invoices/:id')
  @Access('bearer or invoices:read')
  @ApiOperation({ summary: 'One invoice: an own one, or any with invoices:read' })
  @ApiOkResponse({ type: InvoiceResponse })
  get(@Actor() reader: StaffPrincipal, @IdParam('invoice') id: string) {
    return this.invoices.get(reader, id);
  }

  @Get('admin/invoices')
  @Access('invoices:read')
  @Linked()
  @ApiOperation({ summary: 'List all invoices and credit notes, newest first' })
  @ApiOkResponse({ type: InvoicePage })
  listAll(@Query() query: PageQuery) {
    return this.invoices.listAll(query);
  }
}
