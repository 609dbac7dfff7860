/** `aggregateId` is the sale's id; data: `{ invoiceId, number, kind, saleId }`. */
export const INVOICE_ISSUED = 'invoice.issued';
