import { DateTimeField, EnumField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { ROLES, type Role } from '../../../platform/security/permissions.js';

/** An invitation that is open. */
export class InvitationResponse {
  @UuidField()
  id!: string;

  @TextField({ format: 'email', max: 254, example: 'grace@example.com' })
  email!: string;

  @EnumField('Role', ROLES)
  role!: Role;

  @DateTimeField()
  expiresAt!: string;
}
