import { Controller, Delete, Get, Header, HttpCode } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Problem } from '../../platform/http/problem.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, CurrentUser, type StaffPrincipal, type UserPrincipal } from '../../platform/security/principal.js';
import { UserExport } from './dto/user-export.response.js';
import { PrivacyService } from './privacy.service.js';

const KEPT =
  'Invoices stay as they are, as the law asks; sales keep their amounts, and of the address the country and region. ' +
  'Everything else that tells of the person is gone, and every session ends. It cannot be undone.';

@ApiTags('Users')
@Controller('users')
export class PrivacyController {
  constructor(private readonly privacy: PrivacyService) {}

  @Get('me/export')
  @Access('bearer')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'All data that is held about you' })
  @ApiOkResponse({ type: UserExport })
  export(@CurrentUser() user: UserPrincipal): Promise<UserExport> {
    return this.privacy.exportOf(user.userId);
  }

  @Delete('me')
  @HttpCode(204)
  @Access('bearer')
  @ApiOperation({ summary: 'Erase your account and yourself', description: KEPT })
  @ApiNoContentResponse()
  @ApiConflictResponse({ type: Problem, description: '`last_administrator`.' })
  eraseMe(@CurrentUser() user: UserPrincipal): Promise<void> {
    return this.privacy.erase(user.userId);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('users:write')
  @ApiOperation({ summary: 'Erase an account and its person', description: KEPT })
  @ApiNoContentResponse()
  @ApiForbiddenResponse({ type: Problem, description: '`forbidden`: also where the person may do more than you.' })
  @ApiNotFoundResponse({ type: Problem, description: '`user_not_found`.' })
  @ApiConflictResponse({ type: Problem, description: '`last_administrator`.' })
  erase(@Actor() actor: StaffPrincipal, @IdParam('user') id: string): Promise<void> {
    return this.privacy.erase(id, actor.permissions);
  }
}
