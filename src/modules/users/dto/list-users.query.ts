import { BoolQuery, EnumField, TextField } from '../../../platform/fields/fields.js';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { ROLES, type Role } from '../../../platform/security/permissions.js';

export class ListUsersQuery extends PageQuery {
  @TextField({ optional: true, max: 100, description: 'Part of a name, an email address or a username.' })
  q?: string;

  @EnumField('Role', ROLES, { optional: true })
  role?: Role;

  @BoolQuery({ description: 'Only active accounts, or only others.' })
  active?: boolean;
}
