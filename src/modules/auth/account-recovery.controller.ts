import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Problem } from '../../platform/http/problem.js';
import { LeadsTo } from '../../platform/http/shedding.js';
import { RateLimited } from '../../platform/rate-limits/rate-limited.js';
import { Access } from '../../platform/security/access.js';
import { CurrentUser, type UserPrincipal } from '../../platform/security/principal.js';
import { ConfirmEmailRequest, ConfirmPasswordResetRequest, PasswordResetRequest } from './dto/account-mail.requests.js';
import { EmailVerificationService } from './email-verification.service.js';
import { PASSWORD_HASHING } from './password-hasher.service.js';
import { PasswordResetService } from './password-reset.service.js';

const INVALID_TOKEN = '`invalid_token`: never given out, used, replaced by a newer one, or expired.';

@ApiTags('Users')
@Controller('users')
export class AccountRecoveryController {
  constructor(
    @Inject(PasswordResetService) private readonly resets: PasswordResetService,
    @Inject(EmailVerificationService) private readonly verifications: EmailVerificationService,
  ) {}

  @Post('password-reset')
  @RateLimited('reset')
  @HttpCode(202)
  @Access('public')
  @ApiOperation({
    summary: 'Have a link for a new password mailed to you',
    description:
      'Answered alike whether or not there is an account with this address. The link works once, for an hour.',
  })
  @ApiAcceptedResponse()
  requestReset(@Body() body: PasswordResetRequest): Promise<void> {
    return this.resets.request(body.email);
  }

  @Post('password-reset/confirm')
  @RateLimited('reset')
  @HttpCode(204)
  @Access('public')
  @LeadsTo(PASSWORD_HASHING)
  @ApiOperation({ summary: 'Set a new password by such a link', description: 'Every session of yours ends.' })
  @ApiNoContentResponse()
  @ApiBadRequestResponse({ type: Problem, description: `${INVALID_TOKEN} Or the password breaks the rules.` })
  confirmReset(@Body() body: ConfirmPasswordResetRequest): Promise<void> {
    return this.resets.confirm(body.token, body.newPassword);
  }

  @Post('email-verification')
  @RateLimited('reset')
  @HttpCode(202)
  @Access('bearer')
  @ApiOperation({
    summary: 'Have a link that confirms your address mailed to you',
    description: 'A new account gets one by itself. The link works once, for a day, and an earlier one no longer does.',
  })
  @ApiAcceptedResponse()
  requestVerification(@CurrentUser() user: UserPrincipal): Promise<void> {
    return this.verifications.request(user.userId);
  }

  @Post('email-verification/confirm')
  @RateLimited('reset')
  @HttpCode(204)
  @Access('public')
  @ApiOperation({ summary: 'Confirm an address by such a link' })
  @ApiNoContentResponse()
  @ApiBadRequestResponse({ type: Problem, description: INVALID_TOKEN })
  confirmEmail(@Body() body: ConfirmEmailRequest): Promise<void> {
    return this.verifications.confirm(body.token);
  }
}
