import { Injectable, Logger } from '@nestjs/common';
import { smallestId } from '../../common/ids.js';
import { type Invoiceable, InvoicesApi } from '../invoices/invoices.api.js';
import type { SaleItemRow, SaleRow } from './sale-mapper.js';
import { SalesRepository } from './sales.repository.js';

const MINUTE_MS = 60_000;
/** An invoice follows its payment at once; what is older was lost on the way. */
const UNDER_WAY_MS = 10_000;
/** How far back sales are looked through once the rest has been. */
const RECENT_MS = 24 * 60 * MINUTE_MS;
const EVERYTHING_MS = 3_650 * RECENT_MS;

/** Brings paid and refunded sales into the books. */
@Injectable()
export class SaleInvoicesService {
  private readonly logger = new Logger(SaleInvoicesService.name);
  private caughtUp = false;

  constructor(
    private readonly sales: SalesRepository,
    private readonly invoices: InvoicesApi,
  ) {}

  /**
   * Issues the invoice of a sale that has just been paid. The payment stands in any case: should this fail, the job
   * that looks for paid sales without an invoice issues it later.
   */
  async issueAfterPayment(saleId: string): Promise<void> {
    try {
      await this.issue(saleId);
    } catch (error) {
      this.logger.warn({ err: error, saleId }, 'The invoice of a paid sale is left to the next catch-up.');
    }
  }

  async issue(saleId: string): Promise<void> {
    const { sale, items } = await this.read(saleId);
    await this.invoices.issueInvoice(toInvoiceable(sale, items));
  }

  /** Issues the credit note of a refund of the whole sale. */
  async issueCreditNote(saleId: string, refundId: string): Promise<void> {
    const { sale, items } = await this.read(saleId);
    await this.invoices.issueCreditNote(toInvoiceable(sale, items), refundId);
  }

  /** Issues the invoices that crashes and failures have kept from paid sales. */
  async catchUp(now: Date, signal: AbortSignal): Promise<void> {
    const from = smallestId(new Date(now.getTime() - (this.caughtUp ? RECENT_MS : EVERYTHING_MS)));
    const ids = await this.sales.uninvoiced(from, new Date(now.getTime() - UNDER_WAY_MS));
    for (const id of ids) {
      if (signal.aborted) return;
      await this.issue(id);
    }
    this.caughtUp = ids.length === 0;
  }

  private async read(saleId: string): Promise<{ sale: SaleRow; items: SaleItemRow[] }> {
    return { sale: await this.sales.get(saleId), items: await this.sales.items([saleId]) };
  }
}

function toInvoiceable(sale: SaleRow, items: readonly SaleItemRow[]): Invoiceable {
  const { currency, subtotal, discount, shipping, tax, total } = sale;
  return {
    ...{ currency, subtotal, discount, shipping, tax, total },
    saleId: sale.id,
    saleNumber: sale.number,
    userId: sale.user_id,
    cartId: sale.cart_id,
    email: sale.email,
    address: sale.delivery_address,
    lines: items.map((item) => ({
      productId: item.product_id,
      sku: item.sku,
      name: item.name,
      unitPrice: item.unit_price,
      quantity: item.quantity,
      discount: item.discount,
      tax: item.tax,
      lineTotal: item.line_total,
    })),
  };
}
