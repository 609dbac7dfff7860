import { DateTimeField, EnumField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { PageQuery } from '../../../platform/fields/paging.fields.js';
import { SALE_STATUSES, type SaleStatus } from '../lifecycle/sale-lifecycle.js';

export class SalesQuery extends PageQuery {
  @EnumField('SaleStatus', SALE_STATUSES, { optional: true })
  status?: SaleStatus;
}

export class AdminSalesQuery extends SalesQuery {
  @DateTimeField({ optional: true, description: 'Placed at or after.' })
  from?: string;

  @DateTimeField({ optional: true, description: 'Placed before.' })
  to?: string;

  @UuidField({ optional: true })
  userId?: string;

  @TextField({ optional: true, max: 100, description: 'Number of the sale, or email of the buyer, or its beginning.' })
  q?: string;
}
