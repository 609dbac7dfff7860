import { PersonNameField, UsernameField } from '../../../platform/fields/account.fields.js';
import { EmailField } from '../../../platform/fields/fields.js';
import { PasswordField } from './password.field.js';

export class RegisterRequest {
  @EmailField()
  email!: string;

  @PasswordField('new')
  password!: string;

  @PersonNameField()
  name!: string;

  @UsernameField({ optional: true, description: 'To log in with in place of the address.' })
  username?: string;
}
