import { PasswordField } from './password.field.js';

export class ChangePasswordRequest {
  @PasswordField()
  currentPassword!: string;

  @PasswordField('new')
  newPassword!: string;
}
