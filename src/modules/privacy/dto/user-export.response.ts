import { ApiProperty } from '@nestjs/swagger';
import { DateTimeField } from '../../../platform/fields/fields.js';

const object = { type: 'object', additionalProperties: true } as const;
const list = { type: 'array', items: object } as const;

/** Everything that the shop holds about a user; secrets and their hashes are left out. */
export class UserExport {
  @DateTimeField()
  exportedAt!: string;

  @ApiProperty({ ...object, description: 'The account.' })
  account?: unknown;

  @ApiProperty({ ...list, description: 'As `GET /api/delivery-addresses` tells them.' })
  deliveryAddresses?: unknown;

  @ApiProperty({ ...object, description: 'As `GET /api/cart` tells it.' })
  cart?: unknown;

  @ApiProperty({ ...list, description: 'Sales with their items, newest first, and what happened to them.' })
  sales?: unknown;

  @ApiProperty({ ...list, description: 'Returns, oldest first.' })
  returns?: unknown;

  @ApiProperty({ ...list, description: 'Shipments, oldest first.' })
  shipments?: unknown;

  @ApiProperty({ ...list, description: 'Payments and refunds.' })
  payments?: unknown;

  @ApiProperty({ ...list, description: 'Who you are in sales of another system that came in.' })
  pastCustomers?: unknown;

  @ApiProperty({ ...list, description: 'Promotions that you had.' })
  promotionUses?: unknown;

  @ApiProperty({ ...list, description: 'Invoices and credit notes, newest first.' })
  invoices?: unknown;

  @ApiProperty({ ...object, description: 'How you sign in beside the password: linked identities, a second factor.' })
  signIn?: unknown;

  @ApiProperty({ ...list, description: 'API keys that you made, as `GET /api/api-keys` tells them.' })
  apiKeys?: unknown;

  @ApiProperty({ ...list, description: 'Sessions: when they began, were last refreshed and end.' })
  sessions?: unknown;

  @ApiProperty({ ...list, description: 'What you did and what was done to your account, oldest first.' })
  auditEntries?: unknown;

  @ApiProperty({ ...list, description: 'Imports of the catalogue that you asked for.' })
  catalogueImports?: unknown;

  @ApiProperty({ type: 'array', items: { type: 'string' }, description: 'Idempotency-Keys that are still remembered.' })
  idempotencyKeys?: unknown;
}
