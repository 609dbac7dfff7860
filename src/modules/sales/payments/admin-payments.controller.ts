import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { Linked } from '../../../platform/http/links.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import { Access } from '../../../platform/security/access.js';
import { AdminPaymentPage } from '../dto/admin-payment.response.js';
import { SaleAttempts } from './sale-attempts.service.js';

@ApiTags('Sales (staff)')
@Controller('admin/sales/:id/payments')
export class AdminPaymentsController {
  constructor(private readonly attempts: SaleAttempts) {}

  @Get()
  @Access('sales:read')
  @Linked()
  @ApiOperation({ summary: 'List the payments of a sale, also those that failed, newest first' })
  @ApiOkResponse({ type: AdminPaymentPage })
  list(@IdParam('sale') id: string, @Query() query: PageQuery) {
    return this.attempts.list(id, query);
  }
}
