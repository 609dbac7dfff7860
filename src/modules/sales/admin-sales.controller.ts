import { Body, Controller, Get, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Cached } from '../../platform/http/cached.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../platform/security/principal.js';
import { ChangeStatus } from './dto/change-status.dto.js';
import { AdminSalePage, AdminSaleResponse, SaleHistoryResponse } from './dto/sale.response.js';
import { AdminSalesQuery } from './dto/sales.query.js';
import { SaleChangesService } from './lifecycle/sale-changes.service.js';
import { SaleViews } from './sale-views.service.js';

const KEPT = 'Kept for 10 minutes, or until any sale changes.';

@ApiTags('Sales (staff)')
@Controller('admin/sales')
export class AdminSalesController {
  constructor(
    private readonly views: SaleViews,
    private readonly changes: SaleChangesService,
  ) {}

  @Get()
  @Access('sales:read')
  @Cached(AdminSalePage)
  @ApiOperation({ summary: 'List all sales, newest first', description: KEPT })
  list(@Query() query: AdminSalesQuery) {
    return this.views.listForStaff(query);
  }

  @Get(':id')
  @Access('sales:read')
  @Cached(AdminSaleResponse)
  @ApiOperation({ summary: 'One sale', description: KEPT })
  get(@IdParam('sale') id: string) {
    return this.views.getForStaff(id);
  }

  @Get(':id/history')
  @Access('sales:read')
  @ApiOperation({ summary: 'What was done with a sale, when and by whom, oldest first' })
  @ApiOkResponse({ type: SaleHistoryResponse })
  history(@IdParam('sale') id: string) {
    return this.views.history(id);
  }

  @Patch(':id/status')
  @Conflicts('invalid_transition', 'payment_in_progress')
  @Access('sales:write')
  @ApiOperation({
    summary: 'Move a sale on: pending → confirmed → shipped → delivered → returned, or cancelled from the first two',
    description: 'Confirming a pending sale by hand records a payment that was taken by other means, and invoices it.',
  })
  @ApiOkResponse({ type: AdminSaleResponse })
  changeStatus(@Actor() actor: StaffPrincipal, @IdParam('sale') id: string, @Body() body: ChangeStatus) {
    return this.changes.changeStatus(actor, id, body);
  }
}
