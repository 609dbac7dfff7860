import { Controller, Get, Header, Inject, Redirect } from '@nestjs/common';
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
import { ReadsQuery } from '../../platform/http/strict-request.js';
import { Access } from '../../platform/security/access.js';
import { LoginResponse } from './dto/token.response.js';
import { OidcService } from './oidc.service.js';
import { ATTEMPT_SECONDS } from './oidc-attempts.service.js';

const COOKIE = 'tradepost_oidc';
const REFUSED =
  '`oidc_refused`: the provider, or the person there, said no. `otp_required`: the account has a second factor, and ' +
  'is for its password and code alone.';

@ApiTags('Users')
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
      'cookie for ten minutes.',
  })
  @ApiFoundResponse({
    description: 'To the provider.',
    headers: { Location: { schema: { type: 'string', format: 'uri' } }, 'Set-Cookie': { schema: { type: 'string' } } },
  })
  async authorize(): Promise<WithCookie<{ readonly url: string; readonly statusCode: number }>> {
    const { url, browser, callback } = await this.oidc.begin();
    const cookie = { name: COOKIE, value: browser, seconds: ATTEMPT_SECONDS, secure: callback.protocol === 'https:' };
    return { body: { url, statusCode: 302 }, cookie };
  }

  @Get('callback')
  @ReadsQuery()
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
  @ApiBadRequestResponse({ type: Problem, description: '`oidc_attempt_unknown`: another browser, late, or again.' })
  @ApiUnauthorizedResponse({ type: Problem, description: REFUSED })
  @ApiForbiddenResponse({ type: Problem, description: '`account_closed`.' })
  @ApiConflictResponse({ type: Problem, description: '`email_taken` or `oidc_email_missing`.' })
  callback(@QueryString() query: string, @RequestCookie(COOKIE) browser: string | undefined): Promise<LoginResponse> {
    return this.oidc.finish(query, browser);
  }
}
