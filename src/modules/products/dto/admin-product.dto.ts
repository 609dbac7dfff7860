import { DateTimeField, EnumField, IntField, TextField } from '../../../platform/fields/fields.js';
import { PageQuery, pageOf } from '../../../platform/fields/paging.fields.js';
import { ProductResponse } from './product.dto.js';

/** `active` is what the public sees, `inactive` what it does not see yet, `archived` what it sees no longer. */
export const PRODUCT_STATUSES = ['active', 'inactive', 'archived'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

/** Which products staff want to see. */
export class AdminProductsQuery extends PageQuery {
  @EnumField('ProductStatus', PRODUCT_STATUSES, {
    optional: true,
    description: '`active`: seen by the public; `inactive`: not shown; `archived`: taken out. All without it.',
  })
  status?: ProductStatus;

  @TextField({ optional: true, min: 0, max: 200, description: 'A part of the name, or the start of a SKU.' })
  q?: string;
}

/** A product as staff see it. */
export class AdminProductResponse extends ProductResponse {
  @IntField({ nullable: true, description: 'Stock below this is low; 0 for never, null for what the shop has set.' })
  lowStockThreshold!: number | null;

  @IntField({ nullable: true, description: 'Grams.' })
  weight!: number | null;

  @TextField({ description: 'Which rates of tax it has.' })
  taxCategory!: string;

  @DateTimeField({ nullable: true, description: 'When it was taken out of the catalogue.' })
  archivedAt!: string | null;
}

/** A page of products, newest first. */
export class AdminProductPage extends pageOf(AdminProductResponse, 'AdminProductPageBase') {}
