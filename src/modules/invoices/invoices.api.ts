import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import type { PostalAddress } from '../../common/postal-address.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { InvoiceParty } from './invoice-content.js';
import { InvoiceIssuer } from './invoice-issuer.service.js';
import type { InvoiceKind } from './invoice-row.js';

/** What is invoiced: a paid sale, or what of it was refunded. Amounts are minor units of `currency`. */
export interface Invoiceable {
  readonly saleId: string;
  readonly saleNumber: string;
  readonly userId: string | null;
  readonly cartId: string | null;
  readonly email: string | null;
  readonly address: PostalAddress;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly total: bigint;
  readonly lines: readonly {
    readonly productId: string;
    readonly sku: string;
    readonly name: string;
    readonly unitPrice: bigint;
    readonly quantity: number;
    readonly discount: bigint;
    readonly tax: bigint;
    readonly lineTotal: bigint;
  }[];
}

/** The door to the books. Each call is a short transaction of its own: never call it inside another. */
@Injectable()
export class InvoicesApi {
  constructor(
    private readonly issuer: InvoiceIssuer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Issues the invoice of a paid sale, or finds the one that there is. */
  issueInvoice(sale: Invoiceable): Promise<{ readonly id: string; readonly number: string }> {
    return this.issue('invoice', sale, null);
  }

  /** Issues the credit note of a refund, or finds the one that there is. Its amounts are positive. */
  issueCreditNote(sale: Invoiceable, refundId: string): Promise<{ readonly id: string; readonly number: string }> {
    return this.issue('credit_note', sale, refundId);
  }

  private issue(kind: InvoiceKind, sale: Invoiceable, refundId: string | null) {
    const { saleId, saleNumber, userId, cartId, currency, subtotal, discount, shipping, tax, total } = sale;
    const amounts = { currency, subtotal, discount, shipping, tax, total };
    return this.issuer.issue({
      ...amounts,
      id: newId(),
      eventId: newId(),
      kind,
      saleId,
      refundId,
      userId,
      cartId,
      saleNumber,
      seller: this.seller(),
      buyer: buyerOf(sale),
      lines: sale.lines.map((line) => ({
        productId: line.productId,
        sku: line.sku,
        name: line.name,
        unitPrice: String(line.unitPrice),
        quantity: line.quantity,
        discount: String(line.discount),
        tax: String(line.tax),
        lineTotal: String(line.lineTotal),
      })),
    });
  }

  private seller(): InvoiceParty {
    const { STORE_NAME, STORE_ADDRESS, STORE_TAX_ID } = this.config;
    const address = STORE_ADDRESS.split(';').map((line) => line.trim());
    return {
      name: STORE_NAME,
      address: address.filter((line) => line !== ''),
      country: null,
      email: null,
      taxId: STORE_TAX_ID === '' ? null : STORE_TAX_ID,
    };
  }
}

function buyerOf({ address, email }: Invoiceable): InvoiceParty {
  const { line1, line2, city, region, postalCode } = address;
  const lines = [line1, line2, `${postalCode} ${city}`, region];
  return {
    name: address.recipient,
    address: lines.filter((line): line is string => line !== null),
    country: address.country,
    email,
    taxId: null,
  };
}
