import type { KeptBracket, ShippingKind } from './shipping.events.js';

/** A shipping method as its table has it. Amounts are minor units. */
export interface ShippingMethodRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly active: boolean;
  readonly kind: ShippingKind;
  readonly price: bigint | null;
  readonly brackets: readonly KeptBracket[] | null;
  readonly free_above: bigint | null;
  readonly countries: readonly string[] | null;
  readonly sort_order: number;
  readonly tax_category: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}
