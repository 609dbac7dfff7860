import { Body, Controller, Get, Patch, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Linked } from '../../../platform/http/links.js';
import { Problem } from '../../../platform/http/problem.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import { Access } from '../../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../../platform/security/principal.js';
import { DecideReturn, ReturnPage, ReturnResponse, ReturnsQuery } from '../dto/return.dto.js';
import { ReturnDecisions } from './return-decisions.service.js';
import { SaleReturnsService } from './sale-returns.service.js';

@ApiTags('Sales (staff)')
@Controller('admin/returns')
export class AdminReturnsController {
  constructor(
    private readonly returns: SaleReturnsService,
    private readonly decisions: ReturnDecisions,
  ) {}

  @Get()
  @Access('sales:read')
  @Linked()
  @ApiOperation({ summary: 'List all returns, newest first' })
  @ApiOkResponse({ type: ReturnPage })
  list(@Query() query: ReturnsQuery) {
    return this.returns.listAll(query);
  }

  @Patch(':id')
  @Access('sales:write')
  @ApiOperation({
    summary: 'Move a return on: requested → approved → received, or refused from the first two',
    description:
      'A receipt puts the pieces back into stock and refunds what was charged for them, as far as it was not refunded ' +
      'before. When nothing of the sale is left with the buyer, it becomes `returned`.',
  })
  @ApiOkResponse({ type: ReturnResponse })
  @ApiConflictResponse({ type: Problem, description: '`invalid_transition`; nothing was changed.' })
  decide(@Actor() actor: StaffPrincipal, @IdParam('return') id: string, @Body() body: DecideReturn) {
    return this.decisions.decide(actor, id, body);
  }
}
