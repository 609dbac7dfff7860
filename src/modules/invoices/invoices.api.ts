import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import type { InvoiceParty } from './invoice-content.js';
import type { IssuingTerms } from './invoice-row.js';
import { INVOICE_ISSUED } from './invoices.events.js';
import { InvoicesRepository } from './invoices.repository.js';

/** The door to the books. Invoices of sales are issued by the statement that settles their payment. */
@Injectable()
export class InvoicesApi {
  private readonly seller: InvoiceParty;

  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly outbox: Outbox,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.seller = sellerOf(config);
  }

  /** What statements that issue invoices have to know of the shop. */
  get terms(): IssuingTerms {
    return { seller: this.seller, unawaited: this.outbox.passesOver(INVOICE_ISSUED) };
  }

  /**
   * Issues the credit note of a refund, once, in the transaction under way, which holds the sale. What follows it must
   * be short: until the commit nobody else can draw a number.
   */
  async issueCreditNote(refundId: string): Promise<void> {
    await this.invoices.issueCreditNote(refundId, this.terms, this.clock.now());
    this.uow.afterCommit(() => this.outbox.wake(INVOICE_ISSUED));
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
