import { EXAMPLE_PRODUCT_ID } from '../../../common/examples.js';
import { Example } from '../../../platform/fields/example.js';
import { DateTimeField, IntField, ObjectListField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { MAX_LINES } from './place-sale.dto.js';
import { UnitsInput } from './refund.request.js';

@Example({
  items: [{ productId: EXAMPLE_PRODUCT_ID, quantity: 1 }],
  carrier: 'DHL',
  trackingNumber: '00340434161094042557',
})
export class CreateShipment {
  @ObjectListField(() => UnitsInput, {
    optional: true,
    min: 1,
    max: MAX_LINES,
    description: 'What is sent. Without it: all that was not sent yet.',
  })
  items?: UnitsInput[];

  @TextField({ optional: true, max: 50, example: 'DHL' })
  carrier?: string;

  @TextField({ optional: true, max: 100 })
  trackingNumber?: string;

  @TextField({ optional: true, max: 500, description: 'Shown to the customer.' })
  note?: string;
}

export class ShipmentItemResponse {
  @UuidField()
  productId!: string;

  @TextField()
  sku!: string;

  @TextField()
  name!: string;

  @IntField({ min: 1 })
  quantity!: number;
}

/** A parcel as the buyer sees it. */
export class TrackedShipment {
  @UuidField()
  id!: string;

  @TextField({ nullable: true })
  carrier!: string | null;

  @TextField({ nullable: true })
  trackingNumber!: string | null;

  @TextField({ nullable: true, format: 'uri', description: 'Page of the carrier, where it is a known one.' })
  trackingUrl!: string | null;

  @TextField({ nullable: true })
  note!: string | null;

  @ObjectListField(() => ShipmentItemResponse)
  items!: ShipmentItemResponse[];

  @DateTimeField()
  shippedAt!: string;
}

export class ShipmentResponse extends TrackedShipment {
  @UuidField()
  saleId!: string;

  @TextField({ description: 'Id of the member of staff, or of the API key.' })
  actor!: string;
}

export class ShipmentsResponse {
  @ObjectListField(() => ShipmentResponse)
  items!: ShipmentResponse[];
}
