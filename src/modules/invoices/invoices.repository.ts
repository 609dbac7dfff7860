import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { InvoiceLine, InvoiceParty } from './invoice-content.js';
import { invoiceNumber } from './invoice-numbers.js';
import type { InvoiceKind, InvoiceRow } from './invoice-row.js';
import { AlreadyInvoiced, InvoiceNotFound } from './invoices.errors.js';

/** An invoice as it will stand in the books, but for its number. Amounts are minor units. */
export interface NewInvoice {
  readonly id: string;
  readonly eventId: string;
  readonly kind: InvoiceKind;
  readonly saleId: string;
  readonly refundId: string | null;
  readonly userId: string | null;
  readonly cartId: string | null;
  readonly saleNumber: string;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly total: bigint;
  readonly seller: InvoiceParty;
  readonly buyer: InvoiceParty;
  readonly lines: readonly InvoiceLine[];
}

export interface IssuedInvoice {
  readonly id: string;
  readonly number: string;
}

export interface InvoiceOwner {
  readonly userId: string | null;
  readonly cartId: string | null;
}

/**
 * Numbers and writes a batch of one kind and year: $1 kind, $2 year, $3 prefix of the numbers, $4 now, $5 the invoices.
 * The counter's row lock is held until the commit, so that a failure gives the numbers back and leaves no gap. An
 * invoice that exists already is left out.
 */
const ISSUE = statement(
  'invoices.issue',
  `WITH q AS MATERIALIZED (
     SELECT * FROM jsonb_to_recordset($5::jsonb) AS q(ord int, id uuid, event_id uuid, sale_id uuid, refund_id uuid,
       user_id uuid, cart_id uuid, sale_number text, currency text, subtotal bigint, discount bigint, shipping bigint,
       tax bigint, total bigint, seller jsonb, buyer jsonb, lines jsonb)),
   t AS MATERIALIZED (
     SELECT q.*, row_number() OVER (ORDER BY q.ord)::int AS rn FROM q
     WHERE NOT EXISTS (SELECT FROM invoices v WHERE v.kind = $1::text
       AND CASE WHEN $1::text = 'invoice' THEN v.sale_id = q.sale_id ELSE v.refund_id = q.refund_id END)),
   n AS (
     INSERT INTO invoice_counters (kind, year, last)
     SELECT $1::text, $2::int, count(*)::int FROM t HAVING count(*) > 0
     ON CONFLICT (kind, year) DO UPDATE SET last = invoice_counters.last + excluded.last RETURNING last),
   v AS (
     INSERT INTO invoices (id, kind, year, sequence, number, sale_id, refund_id, user_id, cart_id, sale_number, currency,
       subtotal, discount, shipping, tax, total, seller, buyer, lines, issued_at)
     SELECT t.id, $1::text, $2::int, s.sequence, $3::text || lpad(s.sequence::text, greatest(6, length(s.sequence::text)), '0'),
       t.sale_id, t.refund_id, t.user_id, t.cart_id, t.sale_number, t.currency, t.subtotal, t.discount, t.shipping, t.tax,
       t.total, t.seller, t.buyer, t.lines, $4::timestamptz
     FROM t CROSS JOIN n CROSS JOIN LATERAL (SELECT n.last - (SELECT count(*)::int FROM t) + t.rn AS sequence) s
     RETURNING id, number),
   o AS (
     INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
     SELECT t.event_id, 'invoice.issued', t.sale_id, jsonb_build_object('invoiceId', v.id, 'number', v.number,
       'kind', $1::text, 'saleId', t.sale_id), $4::timestamptz FROM t JOIN v ON v.id = t.id)
   SELECT id, number FROM v`,
);
const COLUMNS = `id, kind, number, sale_id, sale_number, currency, subtotal, discount, shipping, tax, total, seller, buyer,
  lines, issued_at`;
const FIND = statement('invoices.find', `SELECT ${COLUMNS} FROM invoices WHERE id = $1::uuid`);
const FIND_OWNED = statement(
  'invoices.findOwned',
  `SELECT ${COLUMNS} FROM invoices WHERE id = $1::uuid
     AND (user_id = $2::uuid OR (user_id IS NULL AND cart_id = $3::uuid))`,
);
const FIND_OF = statement(
  'invoices.findOf',
  `SELECT id, number FROM invoices WHERE kind = $1::text
     AND CASE WHEN $1::text = 'invoice' THEN sale_id = $2::uuid ELSE refund_id = $2::uuid END`,
);
const LIST = statement(
  'invoices.list',
  `SELECT ${COLUMNS} FROM invoices
   WHERE ($1::uuid IS NULL OR user_id = $1::uuid) AND ($2::uuid IS NULL OR id < $2::uuid)
   ORDER BY id DESC LIMIT $3::int OFFSET $4::int`,
);
const COUNT = statement(
  'invoices.count',
  'SELECT count(*)::int AS count FROM invoices WHERE $1::uuid IS NULL OR user_id = $1::uuid',
);

@Injectable()
export class InvoicesRepository extends BaseRepository {
  /**
   * Writes invoices of one kind in one statement; those that existed already are not in the answer.
   * @throws {AlreadyInvoiced} where another process wrote one of them at the same time; then none was written
   */
  issue(kind: InvoiceKind, invoices: readonly NewInvoice[], now: Date): Promise<IssuedInvoice[]> {
    const year = now.getUTCFullYear();
    const prefix = invoiceNumber(kind, year, 0).slice(0, -6);
    const values = [kind, year, prefix, now, JSON.stringify(invoices.map(toRecord))];
    const taken = (): Error => new AlreadyInvoiced();
    const errors = { invoices_one_per_sale: taken, invoices_one_per_refund: taken };
    return this.mapping(errors, () => this.rows<IssuedInvoice>(ISSUE, values));
  }

  /** The invoice of a sale, or the credit note of a refund. */
  findOf(kind: InvoiceKind, subjectId: string): Promise<IssuedInvoice | undefined> {
    return this.first<IssuedInvoice>(FIND_OF, [kind, subjectId]);
  }

  /** @throws {InvoiceNotFound} also where it is somebody else's, if an owner is given */
  async get(id: string, owner?: InvoiceOwner): Promise<InvoiceRow> {
    const row =
      owner === undefined
        ? await this.first<InvoiceRow>(FIND, [id])
        : await this.first<InvoiceRow>(FIND_OWNED, [id, owner.userId, owner.cartId]);
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

function toRecord(invoice: NewInvoice, ord: number): Record<string, unknown> {
  return {
    ord,
    id: invoice.id,
    event_id: invoice.eventId,
    sale_id: invoice.saleId,
    refund_id: invoice.refundId,
    user_id: invoice.userId,
    cart_id: invoice.cartId,
    sale_number: invoice.saleNumber,
    currency: invoice.currency,
    subtotal: String(invoice.subtotal),
    discount: String(invoice.discount),
    shipping: String(invoice.shipping),
    tax: String(invoice.tax),
    total: String(invoice.total),
    seller: invoice.seller,
    buyer: invoice.buyer,
    lines: invoice.lines,
  };
}
