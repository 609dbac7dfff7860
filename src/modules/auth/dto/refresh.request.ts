import { TextField } from '../../../platform/fields/fields.js';

export class RefreshRequest {
  @TextField({
    max: 4_096,
    example: 'k3Yh0PqfVw6mR2sT8uXz1aBcD4eFgH5iJ7lNoQrStUv',
    description: 'The one that the last login or refresh answered; it is spent by this.',
  })
  refreshToken!: string;
}
