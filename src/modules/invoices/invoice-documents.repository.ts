import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { type Statement, statement } from '../../platform/database/statement.js';
import type { InvoiceDocument } from './invoice-document.js';
import { InvoiceNotFound } from './invoices.errors.js';
import type { InvoiceOwner } from './invoices.repository.js';
import { ownedBy } from './invoices.statements.js';

/** $1 invoice; of an owner also $2 the customer, or $3 the hash of a guest's cart token. The payment of an invoiced sale never changes. */
const reading = (name: string, condition: string): Statement =>
  statement(
    name,
    `SELECT v.id, v.kind, v.number, v.sale_id, v.sale_number, v.currency, v.subtotal, v.discount, v.shipping, v.tax,
     v.prices_include_tax, v.shipping_tax, v.shipping_tax_rate, v.total, v.seller, v.buyer, v.lines, v.issued_at, c.number AS corrected_number, c.issued_at AS corrected_at, p.provider
   FROM invoices v
     LEFT JOIN invoices c ON v.kind = 'credit_note' AND c.sale_id = v.sale_id AND c.kind = 'invoice'
     LEFT JOIN payments p ON p.sale_id = v.sale_id AND p.status NOT IN ('pending', 'failed')
   WHERE v.id = $1::uuid${condition}`,
  );
const FIND = reading('invoiceDocuments.find', '');
const FIND_OWNED = reading('invoiceDocuments.findOwned', ` AND ${ownedBy('$2', '$3', 'v.')}`);

const ADDRESSEE = statement(
  'invoiceDocuments.addressee',
  `SELECT user_id AS "userId", buyer ->> 'email' AS email FROM invoices WHERE id = $1::uuid`,
);

/** Who gets an invoice by mail: an account, or whoever gave the address. */
export interface Addressee {
  readonly userId: string | null;
  readonly email: string | null;
}

/** Reads what invoices are made of for people and programs outside. */
@Injectable()
export class InvoiceDocumentsRepository extends BaseRepository {
  /**
   * @param owner whose it must be; anybody's without
   * @throws {InvoiceNotFound} also where it is somebody else's
   */
  async get(id: string, owner?: InvoiceOwner): Promise<InvoiceDocument> {
    const document =
      owner === undefined
        ? await this.first<InvoiceDocument>(FIND, [id])
        : await this.first<InvoiceDocument>(FIND_OWNED, [id, owner.userId, owner.cartTokenHash]);
    if (document === undefined) throw new InvoiceNotFound();
    return document;
  }

  /** @throws {InvoiceNotFound} */
  async addressee(id: string): Promise<Addressee> {
    const addressee = await this.first<Addressee & Record<string, unknown>>(ADDRESSEE, [id]);
    if (addressee === undefined) throw new InvoiceNotFound();
    return addressee;
  }
}
