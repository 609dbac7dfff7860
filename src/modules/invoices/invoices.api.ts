import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import type { InvoiceParty } from './invoice-content.js';
import { AlreadyInvoiced } from './invoices.errors.js';
import { InvoicesRepository } from './invoices.repository.js';

/** The door to the books. Invoices of sales are issued by the statement that settles their payment. */
@Injectable()
export class InvoicesApi {
  /** The shop as its invoices name it. */
  readonly seller: InvoiceParty;

  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.seller = sellerOf(config);
  }

  /**
   * Issues the credit note of a refund, once however often it is asked for. A short transaction of its own: never
   * call it inside another.
   */
  async issueCreditNote(refundId: string): Promise<void> {
    try {
      const issued = await this.invoices.issueCreditNote(refundId, this.seller, this.clock.now());
      if (issued !== undefined) this.outbox.wake();
    } catch (error) {
      if (!(error instanceof AlreadyInvoiced)) throw error;
    }
  }
}

function sellerOf({ STORE_NAME, STORE_ADDRESS, STORE_COUNTRY, STORE_TAX_ID }: Config): InvoiceParty {
  const lines = STORE_ADDRESS.split(';').map((line) => line.trim());
  return {
    name: STORE_NAME,
    address: lines.filter((line) => line !== ''),
    country: STORE_COUNTRY ?? null,
    email: null,
    taxId: STORE_TAX_ID === '' ? null : STORE_TAX_ID,
  };
}
