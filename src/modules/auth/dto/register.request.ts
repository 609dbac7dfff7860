import { EXAMPLE_PASSWORD } from '../../../common/examples.js';
import { PersonNameField, UsernameField } from '../../../platform/fields/account.fields.js';
import { Example } from '../../../platform/fields/example.js';
import { EmailField } from '../../../platform/fields/fields.js';
import { PasswordField } from './password.field.js';

@Example({ email: 'ada@example.com', password: EXAMPLE_PASSWORD, name: 'Ada Lovelace', username: 'ada' })
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
