import { TextField, TextListField } from '../../../platform/fields/fields.js';
import { OneTimeCodeField } from './one-time-code.field.js';
import { PasswordField } from './password.field.js';

export class SetUpTotpRequest {
  @PasswordField()
  password!: string;
}

export class ConfirmTotpRequest {
  @TextField({
    min: 6,
    max: 6,
    pattern: { regex: /^\d{6}$/, message: 'must be six digits' },
    example: '287082',
    description: 'What the authenticator app shows.',
  })
  code!: string;
}

export class RemoveTotpRequest {
  @PasswordField()
  password!: string;

  @OneTimeCodeField()
  code!: string;
}

/** Either is enough; what is given has to be right. */
export class RenewRecoveryCodesRequest {
  @PasswordField('known', { optional: true })
  password?: string;

  @OneTimeCodeField({
    optional: true,
    description: 'Of the app, or one of the recovery codes that are to be replaced.',
  })
  code?: string;
}

export class TotpSecretResponse {
  @TextField({ max: 32, example: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', description: 'To type in: base32.' })
  secret!: string;

  @TextField({ max: 1_024, format: 'uri', description: 'To show as a QR code: Key URI Format.' })
  otpauthUri!: string;
}

export class RecoveryCodesResponse {
  @TextListField({
    max: 10,
    check: () => true,
    message: 'must be recovery codes',
    example: ['4g7x-0kqd-93vb-t1mz'],
    description: 'Each stands in once for the app. They are not shown again.',
  })
  recoveryCodes!: string[];
}
