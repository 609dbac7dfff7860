import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Idempotent } from '../../../platform/http/idempotency.interceptor.js';
import { Problem } from '../../../platform/http/problem.js';
import { IdParam } from '../../../platform/http/uuid-param.js';
import { Access } from '../../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../../platform/security/principal.js';
import { CreateShipment, ShipmentResponse, ShipmentsResponse } from '../dto/shipment.dto.js';
import { ShipmentsService } from './shipments.service.js';

@ApiTags('Sales (staff)')
@Controller('admin/sales/:id/shipments')
export class ShipmentsController {
  constructor(private readonly shipments: ShipmentsService) {}

  @Post()
  @Access('sales:write')
  @Idempotent('sealed')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Send a confirmed sale, or a part of it',
    description:
      'A sale of which pieces are yet to be sent stays `confirmed`, and cannot be cancelled any more; with the last ' +
      'piece it is `shipped`.',
  })
  @ApiCreatedResponse({ type: ShipmentResponse })
  @ApiConflictResponse({
    type: Problem,
    description: '`shipment_exceeds_sale`, naming each line, or `invalid_transition`.',
  })
  ship(@Actor() actor: StaffPrincipal, @IdParam('sale') id: string, @Body() body: CreateShipment) {
    return this.shipments.ship(actor, id, body);
  }

  @Get()
  @Access('sales:read')
  @ApiOperation({ summary: 'The shipments of a sale, oldest first' })
  @ApiOkResponse({ type: ShipmentsResponse })
  list(@IdParam('sale') id: string) {
    return this.shipments.list(id);
  }
}
