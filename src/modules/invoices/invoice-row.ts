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
  readonly prices_include_tax: boolean;
  /** Added or included, and its rate in millionths; null where they were not kept. */
  readonly shipping_tax: bigint | null;
  readonly shipping_tax_rate: number | null;
  readonly total: bigint;
  readonly seller: InvoiceParty;
  readonly buyer: InvoiceParty;
  readonly lines: readonly InvoiceLine[];
  readonly issued_at: Date;
}

/** What every invoice that is issued now shares. */
export interface IssuingTerms {
  /** The shop as its invoices name it. */
  readonly seller: InvoiceParty;
  /** Whether nobody waits for the events of what is issued. */
  readonly unawaited: boolean;
}
