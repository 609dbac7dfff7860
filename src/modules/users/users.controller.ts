import { Body, Controller, Get, Inject, Patch, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiForbiddenResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import type { CachedJson } from '../../platform/cache/cached-json.js';
import { Cached } from '../../platform/http/cached.js';
import { Conflicts } from '../../platform/http/conflicts.js';
import { Linked } from '../../platform/http/links.js';
import { Problem } from '../../platform/http/problem.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, CurrentUser, type StaffPrincipal, type UserPrincipal } from '../../platform/security/principal.js';
import { ListUsersQuery } from './dto/list-users.query.js';
import { UpdateProfileRequest } from './dto/update-profile.request.js';
import { UpdateUserRequest } from './dto/update-user.request.js';
import { UserPage, UserResponse } from './dto/user.response.js';
import { ProfilesService } from './profiles.service.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(
    @Inject(UsersService) private readonly users: UsersService,
    @Inject(ProfilesService) private readonly profiles: ProfilesService,
  ) {}

  @Get('me')
  @Access('bearer')
  @ApiOperation({ summary: 'Your account' })
  @Cached(UserResponse)
  me(@CurrentUser() user: UserPrincipal): Promise<CachedJson> {
    return this.users.me(user.userId);
  }

  @Patch('me')
  @Access('bearer')
  @Conflicts('email_taken', 'username_taken')
  @ApiOperation({ summary: 'Change your account', description: 'A mail tells the address that another one replaces.' })
  @ApiOkResponse({ type: UserResponse })
  updateMe(@CurrentUser() user: UserPrincipal, @Body() body: UpdateProfileRequest): Promise<UserResponse> {
    return this.profiles.update(user.userId, body);
  }

  @Get()
  @Access('users:read')
  @Linked()
  @ApiOperation({ summary: 'Accounts, newest first' })
  @ApiOkResponse({ type: UserPage })
  list(@Query() query: ListUsersQuery): Promise<Page<UserResponse>> {
    return this.users.list(query);
  }

  @Get(':id')
  @Access('users:read')
  @ApiOperation({ summary: 'One account' })
  @ApiOkResponse({ type: UserResponse })
  get(@IdParam('user') id: string): Promise<UserResponse> {
    return this.users.get(id);
  }

  @Patch(':id')
  @Access('users:write')
  @ApiOperation({ summary: 'Change the role of an account, close it or open it again' })
  @ApiOkResponse({ type: UserResponse })
  @ApiForbiddenResponse({
    type: Problem,
    description: '`forbidden`: also where the role, that before or the new one, may do something you may not.',
  })
  @ApiConflictResponse({ type: Problem, description: '`last_administrator`.' })
  update(
    @Actor() actor: StaffPrincipal,
    @IdParam('user') id: string,
    @Body() body: UpdateUserRequest,
  ): Promise<UserResponse> {
    return this.users.updateAccess(actor, id, body);
  }
}
