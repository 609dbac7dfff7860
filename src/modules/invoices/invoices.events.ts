/** An invoice or a credit note was issued; `aggregateId` is its sale's id. */
export const INVOICE_ISSUED = 'invoice.issued';
