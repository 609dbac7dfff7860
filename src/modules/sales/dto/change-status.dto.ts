import { Example } from '../../../platform/fields/example.js';
import { EnumField, TextField } from '../../../platform/fields/fields.js';
import { SALE_STATUSES, type SaleStatus } from '../lifecycle/sale-lifecycle.js';

@Example({ status: 'shipped', carrier: 'DHL', trackingNumber: '00340434161094042557' })
export class ChangeStatus {
  @EnumField('SaleStatus', SALE_STATUSES)
  status!: SaleStatus;

  @TextField({ optional: true, max: 50, example: 'DHL' })
  carrier?: string;

  @TextField({ optional: true, max: 100 })
  trackingNumber?: string;

  @TextField({ optional: true, max: 500, description: 'Shown to the customer in the history.' })
  note?: string;
}

export class CancelSale {
  @TextField({ optional: true, max: 500, example: 'Ordered by mistake.' })
  reason?: string;
}
