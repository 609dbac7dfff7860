/** A seller or buyer as an invoice names them. */
export interface InvoiceParty {
  readonly name: string;
  readonly address: readonly string[];
  /** ISO 3166-1 alpha-2, where it is known. */
  readonly country: string | null;
  readonly email: string | null;
  readonly taxId: string | null;
}

/** A line as it is kept with the invoice; amounts are decimal digits of minor units, since JSON has no bigint. */
export interface InvoiceLine {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: string;
  readonly quantity: number;
  readonly discount: string;
  readonly tax: string;
  /** The tax in the line, where prices include it; nothing in those from before it was kept. */
  readonly includedTax?: string;
  /** In millionths; nothing or null where it was not kept. */
  readonly taxRate?: number | null;
  readonly lineTotal: string;
}
