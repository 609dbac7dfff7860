import { Body, Controller, Header, Inject, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiConflictResponse, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { Problem } from '../../platform/http/problem.js';
import { LeadsTo } from '../../platform/http/shedding.js';
import { Access } from '../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../platform/security/principal.js';
import { AcceptInvitationRequest, InviteRequest } from './dto/account-mail.requests.js';
import { InvitationResponse } from './dto/invitation.response.js';
import { LoginResponse } from './dto/token.response.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationsService } from './invitations.service.js';
import { PASSWORD_HASHING } from './password-hasher.service.js';

@ApiTags('Users')
@Controller('users/invitations')
export class InvitationsController {
  constructor(
    @Inject(InvitationsService) private readonly invitations: InvitationsService,
    @Inject(InvitationAcceptanceService) private readonly acceptance: InvitationAcceptanceService,
  ) {}

  @Post()
  @Access('users:write')
  @Idempotent('sealed')
  @ApiOperation({
    summary: 'Invite somebody to have an account with a role',
    description:
      'Mails a link that works once, for a week; an earlier one to the same address no longer does. A role that may do ' +
      'something you may not cannot be given.',
  })
  @ApiCreatedResponse({ type: InvitationResponse })
  @ApiConflictResponse({ type: Problem, description: '`email_taken`.' })
  invite(@Actor() inviter: StaffPrincipal, @Body() body: InviteRequest): Promise<InvitationResponse> {
    return this.invitations.invite(inviter, body);
  }

  @Post('accept')
  @Access('public')
  @LeadsTo(PASSWORD_HASHING)
  @Header('Cache-Control', 'no-store')
  @Header('Location', '/api/users/me')
  @ApiOperation({ summary: 'Make the account of an invitation and log in' })
  @ApiCreatedResponse({ type: LoginResponse })
  @ApiBadRequestResponse({
    type: Problem,
    description:
      '`invalid_token`: never given out, used, replaced, withdrawn or expired. Or the password breaks the rules.',
  })
  @ApiConflictResponse({ type: Problem, description: '`email_taken`.' })
  accept(@Body() body: AcceptInvitationRequest): Promise<LoginResponse> {
    return this.acceptance.accept(body);
  }
}
