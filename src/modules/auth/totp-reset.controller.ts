import { Controller, Delete, HttpCode, Inject } from '@nestjs/common';
import {
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Problem } from '../../platform/http/problem.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../platform/security/principal.js';
import { TotpResetService } from './totp-reset.service.js';

@ApiTags('Users')
@Controller('users/:id/totp')
export class TotpResetController {
  constructor(@Inject(TotpResetService) private readonly resets: TotpResetService) {}

  @Delete()
  @HttpCode(204)
  @Access('users:write')
  @ApiOperation({
    summary: 'Remove the second factor of somebody who has lost it',
    description:
      'Every session of theirs ends, and a mail tells them. Make sure by other means that it is them who ask.',
  })
  @ApiNoContentResponse()
  @ApiForbiddenResponse({ type: Problem, description: '`forbidden`: your own, or that of somebody who may do more.' })
  @ApiNotFoundResponse({ type: Problem, description: '`user_not_found` or `totp_not_found`.' })
  reset(@Actor() actor: StaffPrincipal, @IdParam('user') id: string): Promise<void> {
    return this.resets.reset(actor, id);
  }
}
