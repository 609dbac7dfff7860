import type { InvoiceLine, InvoiceParty } from './invoice-content.js';

export const INVOICE_KINDS = ['invoice', 'credit_note'] as const;
export type InvoiceKind = (typeof INVOICE_KINDS)[number];

/** An invoice as it is read from its table; amounts are minor units. */
export interface InvoiceRow {
  readonly id: string;
  readonly kind: InvoiceKind;
  readonly number: string;
  readonly sale_id: string;
  readonly sale_number: string;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly total: bigint;
  readonly seller: InvoiceParty;
  readonly buyer: InvoiceParty;
  readonly lines: readonly InvoiceLine[];
  readonly issued_at: Date;
}
