import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { ShippingOptionsQuery, ShippingOptionsView } from './dto/shipping-options.dto.js';
import { ShippingOptionsService } from './shipping-options.service.js';

@ApiTags('Shipping')
@Access('guest')
@Controller('shipping-methods')
export class ShippingOptionsController {
  constructor(private readonly shipping: ShippingOptionsService) {}

  @Get()
  @ApiOperation({
    summary: 'How your cart can be sent, and what that costs',
    description:
      'The first is the default. Prices are those before promotions, of which one may give the shipping. None at all means ' +
      'that the shop does not send your cart there, or, where it has no shipping methods, that shipping is free.',
  })
  @ApiOkResponse({ type: ShippingOptionsView })
  list(@Caller() caller: Principal, @Query() { country }: ShippingOptionsQuery): Promise<ShippingOptionsView> {
    return this.shipping.list(caller, country);
  }
}
