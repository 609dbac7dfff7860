import { PersonNameField, UsernameField } from '../../../platform/fields/account.fields.js';
import { Example } from '../../../platform/fields/example.js';
import { EmailField, TextField } from '../../../platform/fields/fields.js';

/** What people change about themselves; what is left out stays. */
@Example({ name: 'Ada King', username: 'ada' })
export class UpdateProfileRequest {
  @PersonNameField({ optional: true })
  name?: string;

  @UsernameField({ optional: true, nullable: true, description: 'Null gives it up.' })
  username?: string | null;

  @EmailField({ optional: true, description: 'A new address counts as not verified.' })
  email?: string;

  @TextField({
    optional: true,
    nullable: true,
    max: 100,
    description: 'Code of the shipping method of sales that name none and go where it goes; null for none.',
  })
  defaultShippingMethod?: string | null;
}
