import { Example } from '../../../platform/fields/example.js';
import { DateTimeField, EnumListField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { ONE_LINE } from '../../../platform/fields/text-rules.js';
import { PERMISSIONS, type Permission } from '../../../platform/security/permissions.js';

@Example({ name: 'warehouse', permissions: ['products:write', 'inventory:write'] })
export class CreateApiKey {
  @TextField({
    max: 100,
    pattern: { regex: ONE_LINE, message: 'must be 1 to 100 characters on one line' },
    example: 'warehouse',
    description: 'For people, to know what the key is for.',
  })
  name!: string;

  @EnumListField('Permission', PERMISSIONS, { min: 1, description: 'None that you do not hold yourself.' })
  permissions!: Permission[];

  @DateTimeField({ optional: true, nullable: true, description: 'In the future; without it the key does not expire.' })
  expiresAt?: string | null;
}

/** An API key, as the API tells of it: never the key itself. */
export class ApiKeyResponse {
  @UuidField()
  id!: string;

  @TextField({ max: 100, example: 'warehouse' })
  name!: string;

  @EnumListField('Permission', PERMISSIONS)
  permissions!: readonly string[];

  @TextField({ example: 'tp_5f0c9e1ab374', description: 'What the key begins with.' })
  prefix!: string;

  @DateTimeField()
  createdAt!: string;

  @DateTimeField({ nullable: true })
  expiresAt!: string | null;

  @DateTimeField({ nullable: true, description: 'To the minute.' })
  lastUsedAt!: string | null;
}

export class CreatedApiKey extends ApiKeyResponse {
  @TextField({ description: 'The key itself, for the `x-api-key` header. It is shown this once and kept only hashed.' })
  key!: string;
}

export const ApiKeyPage = pageOf(ApiKeyResponse, 'ApiKeyPage');

/** What a response is made of. */
export interface ApiKeyProfile {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly prefix: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export function toApiKeyResponse(key: ApiKeyProfile): ApiKeyResponse {
  return {
    id: key.id,
    name: key.name,
    permissions: key.permissions,
    prefix: key.prefix,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
