import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PRINTING } from '../../platform/documents/printer.js';
import { PageQuery } from '../../platform/fields/paging.fields.js';
import { AnswersFile } from '../../platform/http/finished-files.js';
import { Linked } from '../../platform/http/links.js';
import { LeadsTo } from '../../platform/http/shedding.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { type AnyPrincipal, CurrentUser, Sender, type UserPrincipal } from '../../platform/security/principal.js';
import { InvoicePage, InvoiceResponse } from './dto/invoice.response.js';
import { InvoiceDocumentsService } from './invoice-documents.service.js';
import { InvoicesService } from './invoices.service.js';

@ApiTags('Invoices')
@Controller()
export class InvoicesController {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly documents: InvoiceDocumentsService,
  ) {}

  @Get('invoices')
  @Access('bearer')
  @Linked()
  @ApiOperation({ summary: 'List the own invoices and credit notes, newest first' })
  @ApiOkResponse({ type: InvoicePage })
  list(@CurrentUser() user: UserPrincipal, @Query() query: PageQuery) {
    return this.invoices.list(user, query);
  }

  @Get('invoices/:id')
  @Access('guest or invoices:read')
  @ApiOperation({ summary: 'One invoice: an own one, or any with invoices:read' })
  @ApiOkResponse({ type: InvoiceResponse })
  get(@Sender() reader: AnyPrincipal, @IdParam('invoice') id: string) {
    return this.invoices.get(reader, id);
  }

  @Get('invoices/:id/pdf')
  @Access('guest or invoices:read')
  @LeadsTo(PRINTING)
  @ApiOperation({
    summary: 'An invoice or credit note on A4: an own one, or any with invoices:read',
    description: 'The same bytes each time, since an issued invoice never changes.',
  })
  @AnswersFile('application/pdf', 'binary', 'The file.')
  pdf(@Sender() reader: AnyPrincipal, @IdParam('invoice') id: string) {
    return this.documents.pdf(reader, id);
  }

  @Get('invoices/:id/xml')
  @Access('guest or invoices:read')
  @ApiOperation({
    summary: 'An invoice or credit note as an electronic invoice: an own one, or any with invoices:read',
    description:
      'The core of EN 16931 in UBL 2.1: an `Invoice`, or a `CreditNote` that refers to the invoice it corrects. It has ' +
      'been paid, or given back, so `PayableAmount` is 0 and `TaxInclusiveAmount` the total.',
  })
  @AnswersFile('application/xml', undefined, 'The document.')
  xml(@Sender() reader: AnyPrincipal, @IdParam('invoice') id: string) {
    return this.documents.xml(reader, id);
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
