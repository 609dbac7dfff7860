import { PersonNameField } from '../../../platform/fields/account.fields.js';
import { EmailField, EnumField, TextField } from '../../../platform/fields/fields.js';
import { ROLES, type Role } from '../../../platform/security/permissions.js';
import { PasswordField } from './password.field.js';

const MailedToken = (): PropertyDecorator => TextField({ max: 255, description: 'From the link in the mail.' });

export class PasswordResetRequest {
  @EmailField()
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

export class InviteRequest {
  @EmailField()
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
