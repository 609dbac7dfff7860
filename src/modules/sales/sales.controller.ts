import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Unattributed } from '../../platform/http/attribution.js';
import { Cached } from '../../platform/http/cached.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { Created } from '../../platform/http/created.js';
import { IdempotencyKey, Idempotent } from '../../platform/http/idempotency.interceptor.js';
import type { IdempotentRequest } from '../../platform/http/idempotency.js';
import { Linked } from '../../platform/http/links.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Caller, CurrentUser, type Principal, type UserPrincipal } from '../../platform/security/principal.js';
import { BuyingService } from './checkout/buying.service.js';
import { CancelSale } from './dto/change-status.dto.js';
import { PaymentResponse } from './dto/payment.response.js';
import { PaymentInput, PlaceSale } from './dto/place-sale.dto.js';
import { SalePage, SaleResponse, SaleStatsResponse, TrackingResponse } from './dto/sale.response.js';
import { SalesQuery } from './dto/sales.query.js';
import { SaleChangesService } from './lifecycle/sale-changes.service.js';
import { ORDER_CONFLICTS } from './order-conflicts.js';
import { SaleViews } from './sale-views.service.js';
import { SalesService } from './sales.service.js';

@ApiTags('Sales')
@Controller('sales')
export class SalesController {
  constructor(
    private readonly sales: SalesService,
    private readonly buying: BuyingService,
    private readonly changes: SaleChangesService,
    private readonly views: SaleViews,
  ) {}

  @Post()
  @Unattributed()
  @Conflicts(...ORDER_CONFLICTS, 'cart_changed', 'too_many_open_sales', 'payment_provider_unavailable')
  @Access('guest')
  @Idempotent('service')
  @Created(SaleResponse, '/api/sales')
  @ApiOperation({
    summary: 'Place a sale, from the cart or from a list of items; its stock is held for 15 minutes',
    description:
      '409 `too_many_open_sales` where as many are not paid as one buyer may have: a sale that is paid at once does not count. ' +
      '400 `shipping_method_unavailable` where the method that is named does not serve the address, 409 where none does.',
  })
  place(@Caller() caller: Principal, @Body() body: PlaceSale, @IdempotencyKey() key?: IdempotentRequest) {
    return this.buying.place(caller, body, key);
  }

  @Get()
  @Access('bearer')
  @Linked()
  @ApiOperation({ summary: 'List the own sales, newest first' })
  @ApiOkResponse({ type: SalePage })
  list(@CurrentUser() user: UserPrincipal, @Query() query: SalesQuery) {
    return this.sales.list(user, query);
  }

  @Get('stats')
  @Access('bearer')
  @Cached(SaleStatsResponse)
  @ApiOperation({ summary: 'What the own sales add up to', description: 'Kept until one of them changes.' })
  stats(@CurrentUser() user: UserPrincipal) {
    return this.views.stats(user);
  }

  @Get(':id')
  @Unattributed()
  @Access('guest')
  @ApiOperation({ summary: 'One of the own sales' })
  @ApiOkResponse({ type: SaleResponse })
  get(@Caller() caller: Principal, @IdParam('sale') id: string) {
    return this.sales.get(caller, id);
  }

  @Get(':id/tracking')
  @Access('guest')
  @ApiOperation({ summary: 'Where a sale is on its way' })
  @ApiOkResponse({ type: TrackingResponse })
  tracking(@Caller() caller: Principal, @IdParam('sale') id: string) {
    return this.sales.tracking(caller, id);
  }

  @Post(':id/payments')
  @Unattributed()
  @Conflicts('already_paid', 'payment_in_progress', 'invalid_transition', 'payment_provider_unavailable')
  @Access('guest')
  @Idempotent('service')
  @HttpCode(201)
  @ApiCreatedResponse({ type: PaymentResponse })
  @ApiOperation({ summary: 'Pay a sale; a completed payment confirms it and issues its invoice' })
  pay(
    @Caller() caller: Principal,
    @IdParam('sale') id: string,
    @Body() body: PaymentInput,
    @IdempotencyKey() key?: IdempotentRequest,
  ) {
    return this.buying.pay(caller, id, body, key);
  }

  @Post(':id/cancel')
  @Conflicts('invalid_transition')
  @HttpCode(200)
  @Access('guest')
  @Idempotent('service')
  @ApiOperation({ summary: 'Cancel a sale that has not been shipped: stock and money go back' })
  @ApiOkResponse({ type: SaleResponse })
  cancel(
    @Caller() caller: Principal,
    @IdParam('sale') id: string,
    @Body() body: CancelSale,
    @IdempotencyKey() key?: IdempotentRequest,
  ) {
    return this.changes.cancel(caller, id, body, key);
  }
}
