import { EXAMPLE_ADMIN, EXAMPLE_PASSWORD } from '../../../common/examples.js';
import { Example } from '../../../platform/fields/example.js';
import { PasswordField } from './password.field.js';

@Example({ currentPassword: EXAMPLE_ADMIN.password, newPassword: EXAMPLE_PASSWORD })
export class ChangePasswordRequest {
  @PasswordField()
  currentPassword!: string;

  @PasswordField('new')
  newPassword!: string;
}
