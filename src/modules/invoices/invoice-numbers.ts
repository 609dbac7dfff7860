import type { InvoiceKind } from './invoice-row.js';

const PREFIXES: Readonly<Record<InvoiceKind, string>> = { invoice: 'INV', credit_note: 'CN' };

/** The number of an invoice as it is printed: kind, year and six digits or more, for example `INV-2026-000001`. */
export function invoiceNumber(kind: InvoiceKind, year: number, sequence: number): string {
  return `${PREFIXES[kind]}-${year}-${String(sequence).padStart(6, '0')}`;
}
