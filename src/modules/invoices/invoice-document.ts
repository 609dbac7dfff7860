import type { InvoiceRow } from './invoice-row.js';

/** An invoice or credit note with what its printed and electronic forms say besides. */
export interface InvoiceDocument extends InvoiceRow {
  /** Of a credit note: the invoice that it corrects. */
  readonly corrected_number: string | null;
  readonly corrected_at: Date | null;
  /** Who took the payment; null where the books do not say. */
  readonly provider: string | null;
}
