import { TextField } from '../../../platform/fields/fields.js';

export class RefreshRequest {
  @TextField({ max: 4_096, description: 'The one that the last login or refresh answered; it is spent by this.' })
  refreshToken!: string;
}
