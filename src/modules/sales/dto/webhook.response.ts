import { BoolField } from '../../../platform/fields/fields.js';

export class WebhookResponse {
  @BoolField({ example: true })
  received!: boolean;
}
