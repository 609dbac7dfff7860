import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import type { InvoiceKind } from './invoice-row.js';
import { AlreadyInvoiced } from './invoices.errors.js';
import { InvoicesRepository, type IssuedInvoice, type NewInvoice } from './invoices.repository.js';

/** Most invoices that one statement numbers. */
const MAX_BATCH = 32;

interface Waiting {
  readonly invoice: NewInvoice;
  readonly resolve: (issued: IssuedInvoice) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Issues invoices. Numbers without gaps have to be drawn one at a time, so whatever asks while a batch is being
 * written goes into the next one: no timer, and no cost where nobody waits.
 */
@Injectable()
export class InvoiceIssuer {
  private readonly queues: Record<InvoiceKind, Waiting[]> = { invoice: [], credit_note: [] };
  private readonly busy = new Set<InvoiceKind>();

  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly uow: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Issues an invoice once: for the same sale, or refund, the one that there is. */
  issue(invoice: NewInvoice): Promise<IssuedInvoice> {
    return new Promise((resolve, reject) => {
      this.queues[invoice.kind].push({ invoice, resolve, reject });
      // One caller's batch carries the invoices of others, so it must not run in that caller's transaction.
      if (!this.busy.has(invoice.kind)) void this.uow.outside(() => this.drain(invoice.kind));
    });
  }

  private async drain(kind: InvoiceKind): Promise<void> {
    this.busy.add(kind);
    const queue = this.queues[kind];
    while (queue.length > 0) await this.write(kind, queue.splice(0, MAX_BATCH));
    this.busy.delete(kind);
  }

  private async write(kind: InvoiceKind, batch: readonly Waiting[]): Promise<void> {
    try {
      const issued = await this.invoices.issue(
        kind,
        batch.map((entry) => entry.invoice),
        this.clock.now(),
      );
      const byId = new Map(issued.map((invoice) => [invoice.id, invoice]));
      for (const entry of batch) {
        const mine = byId.get(entry.invoice.id);
        if (mine === undefined) void this.existing(entry);
        else entry.resolve(mine);
      }
      if (issued.length > 0) this.outbox.wake();
    } catch (error) {
      if (batch.length === 1 && batch[0] !== undefined) await this.settle(batch[0], error);
      else for (const entry of batch) await this.write(kind, [entry]);
    }
  }

  /** Another replica may have issued the same invoice in the meantime. */
  private async settle(entry: Waiting, error: unknown): Promise<void> {
    if (error instanceof AlreadyInvoiced) await this.existing(entry, error);
    else entry.reject(error);
  }

  private async existing(entry: Waiting, cause?: unknown): Promise<void> {
    const { kind, saleId, refundId } = entry.invoice;
    try {
      const found = await this.invoices.findOf(kind, refundId ?? saleId);
      if (found === undefined) entry.reject(cause ?? new Error(`No ${kind} was written for the sale ${saleId}.`));
      else entry.resolve(found);
    } catch (error) {
      entry.reject(error);
    }
  }
}
