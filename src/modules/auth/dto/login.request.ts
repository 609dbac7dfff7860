import { TextField } from '../../../platform/fields/fields.js';
import { PasswordField } from './password.field.js';

/** Either the email address or the username. */
export class LoginRequest {
  @TextField({ optional: true, max: 254, example: 'ada@example.com', description: 'Unless there is a username.' })
  email?: string;

  @TextField({ optional: true, max: 50, example: 'ada', description: 'Unless there is an email address.' })
  username?: string;

  @PasswordField()
  password!: string;
}
