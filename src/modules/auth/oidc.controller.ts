import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query, Redirect } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiForbiddenResponse,
  ApiFoundResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { AnswersCookie, QueryString, RequestCookie, type WithCookie } from '../../platform/http/cookies.js';
import { Problem } from '../../platform/http/problem.js';
import { MayRedirect, Redirection } from '../../platform/http/redirects.js';
import { ReadsQuery } from '../../platform/http/strict-request.js';
import { RateLimited } from '../../platform/rate-limits/rate-limited.js';
import { Access } from '../../platform/security/access.js';
import { OidcAuthorizeQuery, OidcExchangeRequest } from './dto/oidc.requests.js';
import { LoginResponse } from './dto/token.response.js';
import { OidcService, type SignInEnd } from './oidc.service.js';
import { ATTEMPT_SECONDS } from './oidc-attempts.service.js';

const COOKIE = 'tradepost_oidc';
const REFUSED =
  '`oidc_refused`: the provider, or the person there, said no. `otp_required`: the account has a second factor, and ' +
  'is for its password and code alone.';

const toAnswer = (end: SignInEnd): LoginResponse | Redirection =>
  'returnTo' in end ? new Redirection(end.returnTo) : end;

@ApiTags('Users')
@RateLimited('login')
@Controller('users/oidc')
@ApiNotFoundResponse({ type: Problem, description: '`oidc_not_configured`: this shop has no OpenID provider.' })
@ApiServiceUnavailableResponse({ type: Problem, description: '`oidc_unavailable`: the provider does not answer.' })
export class OidcController {
  constructor(@Inject(OidcService) private readonly oidc: OidcService) {}

  @Get('authorize')
  @Redirect()
  @AnswersCookie()
  @Access('public')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Sign in with the OpenID provider',
    description:
      'For browsers: sends them to the provider (authorization code with PKCE), and binds the sign-in to them by a ' +
      'cookie for ten minutes. A storefront that is named in `OIDC_RETURN_URLS` may have them sent back to itself: with ' +
      '`#code=…`, which it exchanges at `POST /api/users/oidc/exchange`, or with `#error=…`, the code of a problem.',
  })
  @ApiFoundResponse({
    description: 'To the provider.',
    headers: { Location: { schema: { type: 'string', format: 'uri' } }, 'Set-Cookie': { schema: { type: 'string' } } },
  })
  async authorize(
    @Query() query: OidcAuthorizeQuery,
  ): Promise<WithCookie<{ readonly url: string; readonly statusCode: number }>> {
    const { url, browser, callback } = await this.oidc.begin(query);
    const cookie = { name: COOKIE, value: browser, seconds: ATTEMPT_SECONDS, secure: callback.protocol === 'https:' };
    return { body: { url, statusCode: 302 }, cookie };
  }

  @Get('callback')
  @ReadsQuery()
  @MayRedirect()
  @Access('public')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Where the OpenID provider sends people back to',
    description:
      'Answers as a login does. A person who was here before has the same account again. One who was not gets the ' +
      'account of their email address if both sides have verified it, else a new one without a password. A front end ' +
      'on the same origin may be the `OIDC_REDIRECT_URI` itself, and fetch this with the query that it was given.',
  })
  @ApiQuery({ name: 'code', required: false, description: 'From the provider, where it said yes.' })
  @ApiQuery({ name: 'state', required: true, description: 'From the provider, as it was sent there.' })
  @ApiOkResponse({ type: LoginResponse })
  @ApiFoundResponse({
    description: 'To the storefront where the sign-in began, with what became of it in the fragment.',
    headers: { Location: { schema: { type: 'string', format: 'uri' } } },
  })
  @ApiBadRequestResponse({ type: Problem, description: '`oidc_attempt_unknown`: another browser, late, or again.' })
  @ApiUnauthorizedResponse({ type: Problem, description: REFUSED })
  @ApiForbiddenResponse({ type: Problem, description: '`account_closed`.' })
  @ApiConflictResponse({ type: Problem, description: '`email_taken` or `oidc_email_missing`.' })
  callback(
    @QueryString() query: string,
    @RequestCookie(COOKIE) browser: string | undefined,
  ): Promise<LoginResponse | Redirection> {
    return this.oidc.finish(query, browser).then(toAnswer);
  }

  @Post('exchange')
  @HttpCode(200)
  @Access('public')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Fetch the sign-in that a storefront began',
    description: 'Answers as a login does. A code is good once, for a minute, and only with the verifier.',
  })
  @ApiOkResponse({ type: LoginResponse })
  @ApiBadRequestResponse({ type: Problem, description: '`oidc_code_invalid`: used, late, or not with this verifier.' })
  @ApiUnauthorizedResponse({ type: Problem, description: REFUSED })
  @ApiForbiddenResponse({ type: Problem, description: '`account_closed`.' })
  exchange(@Body() body: OidcExchangeRequest): Promise<LoginResponse> {
    return this.oidc.exchange(body.code, body.verifier);
  }
}
