import { AddressField, AddressFields, EXAMPLE_ADDRESS } from '../../../platform/fields/address.fields.js';
import { Example } from '../../../platform/fields/example.js';
import { BoolField } from '../../../platform/fields/fields.js';

/** An address to keep. */
@Example({ label: 'Home', ...EXAMPLE_ADDRESS, phone: '+44 20 7946 0018', isDefault: true })
export class CreateDeliveryAddress extends AddressFields {
  @BoolField({ optional: true, description: 'Makes it the default. The first address is the default in any case.' })
  isDefault?: boolean;
}

/** What to change of an address; what is left out stays, null empties a field that may be empty. */
@Example({ label: 'Work', line2: 'Floor 3' })
export class UpdateDeliveryAddress {
  @AddressField.label()
  label?: string | null;

  @AddressField.recipient({ optional: true })
  recipient?: string;

  @AddressField.line1({ optional: true })
  line1?: string;

  @AddressField.line2()
  line2?: string | null;

  @AddressField.city({ optional: true })
  city?: string;

  @AddressField.region()
  region?: string | null;

  @AddressField.postalCode({ optional: true })
  postalCode?: string;

  @AddressField.country({ optional: true })
  country?: string;

  @AddressField.phone()
  phone?: string | null;

  @BoolField({ optional: true, description: 'True makes it the default in place of another; false leaves none.' })
  isDefault?: boolean;
}
