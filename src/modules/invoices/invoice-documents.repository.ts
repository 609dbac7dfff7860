import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { InvoiceDocument } from './invoice-document.js';
import { InvoiceNotFound } from './invoices.errors.js';

/** $1 invoice, $2 its owner, or null for whoever may read all. The payment of an invoiced sale never changes. */
const FIND = statement(
  'invoiceDocuments.find',
  `SELECT v.id, v.kind, v.number, v.sale_id, v.sale_number, v.currency, v.subtotal, v.discount, v.shipping, v.tax,
     v.prices_include_tax, v.shipping_tax, v.shipping_tax_rate, v.total, v.seller, v.buyer, v.lines, v.issued_at, c.number AS corrected_number, c.issued_at AS corrected_at, p.provider
   FROM invoices v
     LEFT JOIN invoices c ON v.kind = 'credit_note' AND c.sale_id = v.sale_id AND c.kind = 'invoice'
     LEFT JOIN payments p ON p.sale_id = v.sale_id AND p.status NOT IN ('pending', 'failed')
   WHERE v.id = $1::uuid AND ($2::uuid IS NULL OR v.user_id = $2::uuid)`,
);

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
   * @param userId whose it must be; null for anybody's
   * @throws {InvoiceNotFound} also where it is somebody else's
   */
  async get(id: string, userId: string | null): Promise<InvoiceDocument> {
    const document = await this.first<InvoiceDocument>(FIND, [id, userId]);
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
