import { Example } from '../../../platform/fields/example.js';
import { BoolField, EnumField } from '../../../platform/fields/fields.js';
import { ROLES, type Role } from '../../../platform/security/permissions.js';

/** What administrators change about others; what is left out stays. */
@Example({ role: 'support' })
export class UpdateUserRequest {
  @EnumField('Role', ROLES, { optional: true, description: 'Another role ends every session of the user.' })
  role?: Role;

  @BoolField({ optional: true, description: 'Without an active account nobody can log in; sessions end at once.' })
  active?: boolean;
}
