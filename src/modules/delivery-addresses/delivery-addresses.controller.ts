import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import { PageQuery } from '../../platform/fields/paging.fields.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { Created } from '../../platform/http/created.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { Linked } from '../../platform/http/links.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { CurrentUser, type UserPrincipal } from '../../platform/security/principal.js';
import { DeliveryAddressesService } from './delivery-addresses.service.js';
import { CreateDeliveryAddress, UpdateDeliveryAddress } from './dto/delivery-address.request.js';
import { DeliveryAddressPage, DeliveryAddressView } from './dto/delivery-address.response.js';

@ApiTags('Delivery addresses')
@Access('bearer')
@Controller('delivery-addresses')
export class DeliveryAddressesController {
  constructor(private readonly addresses: DeliveryAddressesService) {}

  @Get()
  @ApiOperation({ summary: 'List your addresses, newest first' })
  @Linked()
  @ApiOkResponse({ type: DeliveryAddressPage })
  list(@CurrentUser() user: UserPrincipal, @Query() page: PageQuery): Promise<Page<DeliveryAddressView>> {
    return this.addresses.list(user.userId, page);
  }

  @Post()
  @Conflicts('too_many_delivery_addresses')
  @Idempotent()
  @Created(DeliveryAddressView, '/api/delivery-addresses')
  @ApiOperation({
    summary: 'Keep an address',
    description: 'The first becomes the default. At most 100 are kept: beyond that 409 `too_many_delivery_addresses`.',
  })
  create(@CurrentUser() user: UserPrincipal, @Body() input: CreateDeliveryAddress): Promise<DeliveryAddressView> {
    return this.addresses.create(user.userId, input);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One of your addresses' })
  @ApiOkResponse({ type: DeliveryAddressView })
  get(@CurrentUser() user: UserPrincipal, @IdParam('delivery_address') id: string): Promise<DeliveryAddressView> {
    return this.addresses.get(user.userId, id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change one of your addresses', description: 'Sales that were placed keep the old one.' })
  @ApiOkResponse({ type: DeliveryAddressView })
  update(
    @CurrentUser() user: UserPrincipal,
    @IdParam('delivery_address') id: string,
    @Body() change: UpdateDeliveryAddress,
  ): Promise<DeliveryAddressView> {
    return this.addresses.update(user.userId, id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete one of your addresses',
    description: 'Where it was the default, the newest of the others becomes it.',
  })
  @ApiNoContentResponse()
  remove(@CurrentUser() user: UserPrincipal, @IdParam('delivery_address') id: string): Promise<void> {
    return this.addresses.remove(user.userId, id);
  }
}
