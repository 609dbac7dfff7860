import { EXAMPLE_ADMIN } from '../../../common/examples.js';
import { PersonNameField } from '../../../platform/fields/account.fields.js';
import { Example } from '../../../platform/fields/example.js';
import { EmailField, EnumField, TextField } from '../../../platform/fields/fields.js';
import { ROLES, type Role } from '../../../platform/security/permissions.js';
import { PasswordField } from './password.field.js';

const MailedToken = (): PropertyDecorator =>
  TextField({
    max: 255,
    example: 'k3Yh0PqfVw6mR2sT8uXz1aBcD4eFgH5iJ7lNoQrStUv',
    description: 'From the link in the mail.',
  });

export class PasswordResetRequest {
  @EmailField({ example: EXAMPLE_ADMIN.email })
  email!: string;
}

export class ConfirmPasswordResetRequest {
  @MailedToken()
  token!: string;

  @PasswordField('new')
  newPassword!: string;
}

export class ConfirmEmailRequest {
  @MailedToken()
  token!: string;
}

@Example({ email: 'charles@example.com', role: 'support' })
export class InviteRequest {
  @EmailField({ example: 'charles@example.com' })
  email!: string;

  @EnumField('Role', ROLES)
  role!: Role;
}

export class AcceptInvitationRequest {
  @MailedToken()
  token!: string;

  @PersonNameField()
  name!: string;

  @PasswordField('new')
  password!: string;
}
