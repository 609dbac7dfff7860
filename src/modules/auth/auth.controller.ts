import { Body, Controller, Header, HttpCode, Inject, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { type AnswerDelivery, Delivery } from '../../platform/http/delivery.js';
import { Problem } from '../../platform/http/problem.js';
import { LeadsTo } from '../../platform/http/shedding.js';
import { RateLimited } from '../../platform/rate-limits/rate-limited.js';
import { Access } from '../../platform/security/access.js';
import { CurrentUser, type UserPrincipal } from '../../platform/security/principal.js';
import { AuthService } from './auth.service.js';
import { ChangePasswordRequest } from './dto/change-password.request.js';
import { LoginRequest } from './dto/login.request.js';
import { RefreshRequest } from './dto/refresh.request.js';
import { RegisterRequest } from './dto/register.request.js';
import { LoginResponse, TokenResponse } from './dto/token.response.js';
import { PASSWORD_HASHING } from './password-hasher.service.js';
import { PasswordsService } from './passwords.service.js';
import { RefreshService } from './refresh.service.js';
import { SessionEnds } from './session-ends.service.js';

const LOGIN_REFUSED =
  '`invalid_credentials`, whatever it was that was not right; `otp_required` where all was but the account has a ' +
  'second factor, and the request no `otp`.';

@ApiTags('Users')
@Controller('users')
export class AuthController {
  constructor(
    @Inject(AuthService) private readonly auth: AuthService,
    @Inject(PasswordsService) private readonly passwords: PasswordsService,
    @Inject(SessionEnds) private readonly ends: SessionEnds,
    @Inject(RefreshService) private readonly refreshes: RefreshService,
  ) {}

  @Post('register')
  @Access('public')
  @RateLimited('register')
  @LeadsTo(PASSWORD_HASHING)
  @Header('Cache-Control', 'no-store')
  @Header('Location', '/api/users/me')
  @ApiOperation({ summary: 'Make an account and log in' })
  @ApiCreatedResponse({ type: LoginResponse })
  @ApiConflictResponse({ type: Problem, description: '`email_taken` or `username_taken`.' })
  register(@Body() body: RegisterRequest): Promise<LoginResponse> {
    return this.auth.register(body);
  }

  @Post('login')
  @HttpCode(200)
  @Access('public')
  @RateLimited('login')
  @LeadsTo(PASSWORD_HASHING)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Log in with an email address or a username' })
  @ApiOkResponse({ type: LoginResponse })
  @ApiUnauthorizedResponse({ type: Problem, description: LOGIN_REFUSED })
  login(@Body() body: LoginRequest): Promise<LoginResponse> {
    return this.auth.login(body);
  }

  @Post('refresh')
  @HttpCode(200)
  @Access('public')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Exchange a refresh token for new tokens',
    description:
      'The refresh token is spent. To present a spent one revokes its whole family, the access tokens included. Of ' +
      'requests with one token at the same time, one gets the new tokens, the others a 401, and the session goes on. ' +
      'When the connection breaks before the answer is sent, the token may be presented again for a few seconds.',
  })
  @ApiOkResponse({ type: TokenResponse })
  @ApiUnauthorizedResponse({ type: Problem, description: '`token_invalid`, `token_expired` or `token_revoked`.' })
  refresh(@Body() body: RefreshRequest, @Delivery() answer: AnswerDelivery): Promise<TokenResponse> {
    return this.refreshes.refresh(body.refreshToken, answer.sent);
  }

  @Post('logout')
  @HttpCode(204)
  @Access('bearer')
  @ApiOperation({ summary: 'End this session' })
  @ApiNoContentResponse()
  logout(@CurrentUser() user: UserPrincipal): Promise<void> {
    return this.ends.end(user);
  }

  @Post('logout-all')
  @HttpCode(204)
  @Access('bearer')
  @ApiOperation({ summary: 'End every session of yours' })
  @ApiNoContentResponse()
  logoutAll(@CurrentUser() user: UserPrincipal): Promise<void> {
    return this.ends.endAll(user);
  }

  @Post('me/password')
  @HttpCode(204)
  @Access('bearer')
  @LeadsTo(PASSWORD_HASHING)
  @ApiOperation({
    summary: 'Change your password',
    description: 'Every other session of yours ends, and a mail tells you.',
  })
  @ApiNoContentResponse()
  changePassword(@CurrentUser() user: UserPrincipal, @Body() body: ChangePasswordRequest): Promise<void> {
    return this.passwords.change(user, body);
  }
}
