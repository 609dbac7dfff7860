import { Body, Controller, Delete, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page } from '../../common/paging.js';
import { PageQuery } from '../../platform/fields/paging.fields.js';
import { Created } from '../../platform/http/created.js';
import { Idempotent } from '../../platform/http/idempotency.interceptor.js';
import { Linked } from '../../platform/http/links.js';
import { IdParam } from '../../platform/http/uuid-param.js';
import { Access } from '../../platform/security/access.js';
import { Actor, type StaffPrincipal } from '../../platform/security/principal.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyPage, ApiKeyResponse, CreateApiKey, CreatedApiKey } from './dto/api-key.dto.js';

@ApiTags('API keys')
@Access('api-keys:write')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @Linked()
  @ApiOperation({ summary: 'The API keys that are in force or have expired, newest first' })
  @ApiOkResponse({ type: ApiKeyPage })
  list(@Query() query: PageQuery): Promise<Page<ApiKeyResponse>> {
    return this.keys.list(query);
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  @Idempotent('sealed')
  @Created(CreatedApiKey, '/api/api-keys')
  @ApiOperation({
    summary: 'Make an API key',
    description:
      'A machine sends it as `x-api-key` instead of an access token. It opens the routes that its permissions name, as ' +
      'far as the role of the person who made it still allows them, and none that belong to a customer. A key that ' +
      'another key made ends with that one.',
  })
  create(@Actor() maker: StaffPrincipal, @Body() body: CreateApiKey): Promise<CreatedApiKey> {
    return this.keys.create(maker, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key, and the keys that it made' })
  @ApiNoContentResponse()
  revoke(@IdParam('api_key') id: string): Promise<void> {
    return this.keys.revoke(id);
  }
}
