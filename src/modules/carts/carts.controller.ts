import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CachedJson } from '../../platform/cache/cached-json.js';
import { Unattributed } from '../../platform/http/attribution.js';
import { Cached } from '../../platform/http/cached.js';
import { AnswersCartToken, CartAnswer } from '../../platform/http/cart-token.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { IdempotencyKey, Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { type IdempotentRequest, StoredAnswer } from '../../platform/http/idempotency.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { CartFilling } from './cart-filling.service.js';
import { CartsService } from './carts.service.js';
import { AddCartItem, SetCartCoupon, SetCartItem } from './dto/cart.request.js';
import { CartTotalView, CartView } from './dto/cart.response.js';

const TAKEOVER = 'A bearer that sends a `Cart-Token` takes that cart over first: its lines are added to their own.';

@ApiTags('Cart')
@Access('guest')
@Controller('cart')
export class CartsController {
  constructor(
    private readonly carts: CartsService,
    private readonly filling: CartFilling,
  ) {}

  @Get()
  @Unattributed()
  @ApiOperation({ summary: 'Your cart, at today’s prices', description: TAKEOVER })
  @ApiOkResponse({ type: CartView })
  get(@Caller() caller: Principal): Promise<CartView> {
    return this.carts.get(caller);
  }

  @Get('total')
  @Unattributed()
  @ApiOperation({
    summary: 'What your cart comes to',
    description: 'Kept for 2 minutes or until the cart changes: a price that changed meanwhile may show later.',
  })
  @Cached(CartTotalView)
  total(@Caller() caller: Principal): Promise<CachedJson> {
    return this.carts.total(caller);
  }

  @Post('items')
  @Unattributed()
  @Conflicts('insufficient_stock', 'cart_full')
  @HttpCode(200)
  @Idempotent('service')
  @AnswersCartToken(CartView)
  @ApiOperation({
    summary: 'Put a product into your cart',
    description:
      'Adds to the line of the product, or makes it. Answers the whole cart, hence 200. More than 999 of a product are ' +
      'a 400, more than are in stock a 409 `insufficient_stock`. A guest’s first product makes a cart and answers its ' +
      '`Cart-Token`; a token that names no cart counts as none.',
  })
  async add(@Caller() caller: Principal, @Body() item: AddCartItem, @IdempotencyKey() key?: IdempotentRequest) {
    const filled = await this.filling.add(caller, item, key);
    return filled instanceof StoredAnswer ? filled : new CartAnswer(filled);
  }

  @Patch('items/:productId')
  @Unattributed()
  @Conflicts('insufficient_stock')
  @ApiOperation({ summary: 'Set how much of a product your cart holds' })
  @ApiOkResponse({ type: CartView })
  setQuantity(
    @Caller() caller: Principal,
    @IdParam('cart_item', 'productId') productId: string,
    @Body() item: SetCartItem,
  ): Promise<CartView> {
    return this.carts.setQuantity(caller, productId, item.quantity);
  }

  @Delete('items/:productId')
  @Unattributed()
  @ApiOperation({ summary: 'Take a product out of your cart' })
  @ApiOkResponse({ type: CartView })
  removeItem(@Caller() caller: Principal, @IdParam('cart_item', 'productId') productId: string): Promise<CartView> {
    return this.carts.removeItem(caller, productId);
  }

  @Put('coupon')
  @Conflicts('coupon_not_started', 'coupon_expired', 'coupon_used_up')
  @AnswersCartToken(CartView)
  @ApiOperation({
    summary: 'Redeem a coupon',
    description:
      'It takes the place of another one, and stays until it is taken back or the cart is sold. 404 `coupon_not_found`; 409 ' +
      '`coupon_not_started`, `coupon_expired` or `coupon_used_up`. What it is for, or must come to, may be put into ' +
      'the cart later.',
  })
  async redeem(@Caller() caller: Principal, @Body() { code }: SetCartCoupon): Promise<CartAnswer> {
    return new CartAnswer(await this.carts.setCoupon(caller, code));
  }

  @Delete('coupon')
  @ApiOperation({ summary: 'Take the coupon back' })
  @ApiOkResponse({ type: CartView })
  removeCoupon(@Caller() caller: Principal): Promise<CartView> {
    return this.carts.removeCoupon(caller);
  }

  @Delete()
  @ApiOperation({ summary: 'Empty your cart', description: 'Its coupon stays.' })
  @ApiOkResponse({ type: CartView })
  clear(@Caller() caller: Principal): Promise<CartView> {
    return this.carts.clear(caller);
  }
}
