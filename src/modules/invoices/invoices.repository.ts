import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import type { InvoiceRow, IssuingTerms } from './invoice-row.js';
import { InvoiceNotFound } from './invoices.errors.js';
import { COUNT, FIND, FIND_OWNED, ISSUE_CREDIT_NOTE, LIST } from './invoices.statements.js';

export interface IssuedInvoice {
  readonly id: string;
  readonly number: string;
}

/** Whose invoices they are: a customer's, or a guest's by the token of the cart that their sales came from. */
export interface InvoiceOwner {
  readonly userId: string | null;
  readonly cartTokenHash: Buffer | null;
}

@Injectable()
export class InvoicesRepository extends BaseRepository {
  /** Issues the credit note of a refund; undefined where it has one, or where its sale was never invoiced. */
  issueCreditNote(refundId: string, terms: IssuingTerms, now: Date): Promise<IssuedInvoice | undefined> {
    const { seller, unawaited } = terms;
    const values = [refundId, now, now.getUTCFullYear(), JSON.stringify(seller), newId(), newId(), unawaited];
    return this.first<IssuedInvoice & Record<string, unknown>>(ISSUE_CREDIT_NOTE, values);
  }

  /** @throws {InvoiceNotFound} also where it is somebody else's, if an owner is given */
  async get(id: string, owner?: InvoiceOwner): Promise<InvoiceRow> {
    const row =
      owner === undefined
        ? await this.first<InvoiceRow>(FIND, [id])
        : await this.first<InvoiceRow>(FIND_OWNED, [id, owner.userId, owner.cartTokenHash]);
    if (row === undefined) throw new InvoiceNotFound();
    return row;
  }

  /** Newest first; of one customer, or of all. */
  list(userId: string | null, limit: number, offset: number, beforeId: string | null): Promise<InvoiceRow[]> {
    return this.rows<InvoiceRow>(LIST, [userId, beforeId, limit, offset]);
  }

  async count(userId: string | null): Promise<number> {
    return (await this.first<{ count: number }>(COUNT, [userId]))?.count ?? 0;
  }
}
