import { Body, Controller, Patch, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Conflicts } from '../../../platform/http/conflicts.js';
import { Created } from '../../../platform/http/created.js';
import { Idempotent } from '../../../platform/http/idempotency.interceptor.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import { Access } from '../../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../../platform/security/principal.js';
import { DraftSale, EditSale } from '../dto/draft.dto.js';
import { AdminSaleResponse } from '../dto/sale.response.js';
import { ORDER_CONFLICTS } from '../order-conflicts.js';
import { Drafting } from './drafting.service.js';

@ApiTags('Sales (staff)')
@Controller('admin/sales')
export class DraftsController {
  constructor(private readonly drafting: Drafting) {}

  @Post()
  @Access('sales:write')
  @Idempotent('sealed')
  @Created(AdminSaleResponse, '/api/admin/sales')
  @ApiOperation({
    summary: 'Draft a sale for a customer: pending, with its stock held, for them to pay',
    description: 'Priced like a checkout. Staff may also confirm it, once it was paid by other means.',
  })
  @Conflicts(...ORDER_CONFLICTS)
  create(@Actor() actor: StaffPrincipal, @Body() body: DraftSale) {
    return this.drafting.create(actor, body);
  }

  @Patch(':id')
  @Access('sales:write')
  @ApiOperation({
    summary: 'Edit a sale that is not paid',
    description:
      'With other lines, another address or another coupon it is priced as if it were placed now, and its stock held ' +
      'anew, all or nothing.',
  })
  @ApiOkResponse({ type: AdminSaleResponse })
  @Conflicts(...ORDER_CONFLICTS, 'payment_in_progress', 'invalid_transition')
  edit(@Actor() actor: StaffPrincipal, @IdParam('sale') id: string, @Body() body: EditSale) {
    return this.drafting.edit(actor, id, body);
  }
}
