import { Body, Controller, Delete, Header, HttpCode, Inject, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Problem } from '../../platform/http/problem.js';
import { LeadsTo } from '../../platform/http/shedding.js';
import { Access } from '../../platform/security/access.js';
import { CurrentUser, type UserPrincipal } from '../../platform/security/principal.js';
import {
  ConfirmTotpRequest,
  RecoveryCodesResponse,
  RemoveTotpRequest,
  RenewRecoveryCodesRequest,
  SetUpTotpRequest,
  TotpSecretResponse,
} from './dto/totp.dto.js';
import { PASSWORD_HASHING } from './password-hasher.service.js';
import { TotpService } from './totp.service.js';

const ACTIVE = { type: Problem, description: '`totp_active`: there is a second factor in use.' };
const MISSING = { type: Problem, description: '`totp_not_found`: there is no second factor, nor one to be confirmed.' };

@ApiTags('Users')
@Controller('users/me/totp')
export class TotpController {
  constructor(@Inject(TotpService) private readonly totp: TotpService) {}

  @Post()
  @Access('bearer')
  @LeadsTo(PASSWORD_HASHING)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Set up a second factor',
    description:
      'For staff: time-based one-time passwords (RFC 6238) of an authenticator app. Nothing is asked for until the ' +
      'secret is confirmed; asked again before that, another takes its place.',
  })
  @ApiCreatedResponse({ type: TotpSecretResponse })
  @ApiForbiddenResponse({ type: Problem, description: '`forbidden`: customers have none.' })
  @ApiConflictResponse(ACTIVE)
  setUp(@CurrentUser() user: UserPrincipal, @Body() body: SetUpTotpRequest): Promise<TotpSecretResponse> {
    return this.totp.setUp(user, body.password);
  }

  @Post('confirm')
  @HttpCode(200)
  @Access('bearer')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Confirm the second factor with a code of the app',
    description: 'From then on every login asks for one. A code is good for one use.',
  })
  @ApiOkResponse({ type: RecoveryCodesResponse })
  @ApiNotFoundResponse(MISSING)
  @ApiConflictResponse(ACTIVE)
  confirm(@CurrentUser() user: UserPrincipal, @Body() body: ConfirmTotpRequest): Promise<RecoveryCodesResponse> {
    return this.totp.confirm(user, body);
  }

  @Post('recovery-codes')
  @Access('bearer')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Get new recovery codes',
    description:
      'For the password, or a code of the second factor. Those from before are void, used or not, and a mail tells of it.',
  })
  @ApiCreatedResponse({ type: RecoveryCodesResponse })
  @ApiNotFoundResponse({ type: Problem, description: '`totp_not_found`: there is no second factor in use.' })
  renewRecoveryCodes(
    @CurrentUser() user: UserPrincipal,
    @Body() body: RenewRecoveryCodesRequest,
  ): Promise<RecoveryCodesResponse> {
    return this.totp.renewRecoveryCodes(user, body);
  }

  @Delete()
  @HttpCode(204)
  @Access('bearer')
  @LeadsTo(PASSWORD_HASHING)
  @ApiOperation({ summary: 'Remove the second factor and its recovery codes' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse(MISSING)
  remove(@CurrentUser() user: UserPrincipal, @Body() body: RemoveTotpRequest): Promise<void> {
    return this.totp.remove(user, body);
  }
}
