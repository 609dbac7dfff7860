import { EXAMPLE_ADMIN } from '../../../common/examples.js';
import { Example } from '../../../platform/fields/example.js';
import { TextField } from '../../../platform/fields/fields.js';
import { OneTimeCodeField } from './one-time-code.field.js';
import { PasswordField } from './password.field.js';

/** Either the email address or the username. */
@Example({ email: EXAMPLE_ADMIN.email, password: EXAMPLE_ADMIN.password })
export class LoginRequest {
  @TextField({ optional: true, max: 254, example: 'ada@example.com', description: 'Unless there is a username.' })
  email?: string;

  @TextField({ optional: true, max: 50, example: 'ada', description: 'Unless there is an email address.' })
  username?: string;

  @PasswordField()
  password!: string;

  @OneTimeCodeField({ optional: true, description: 'Where the account has a second factor.' })
  otp?: string;
}
