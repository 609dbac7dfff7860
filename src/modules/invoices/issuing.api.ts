import type { InvoiceKind } from './invoice-row.js';
import { INVOICE_ISSUED } from './invoices.events.js';

/** Placeholders of the statement, for example `$4`. */
export interface IssuingParameters {
  /** The moment of issue. */
  readonly now: string;
  /** The year of that moment in UTC, by which numbers start anew. */
  readonly year: string;
  /** The seller as an `InvoiceParty` in JSON. */
  readonly seller: string;
  /** Whether nobody waits for the event of the issue, which is then written as published. */
  readonly unawaited: string;
}

const PREFIXES: Readonly<Record<InvoiceKind, string>> = { invoice: 'INV', credit_note: 'CN' };

/** A line in JSON; amounts as digits, since JSON has no bigint. `i` is the line of the sale. */
const lines = (amounts: string, included: string, from: string, order: string): string =>
  `(SELECT coalesce(jsonb_agg(jsonb_build_object('productId', i.product_id, 'sku', i.sku, 'name', i.name,
    'unitPrice', ${amounts}.unit_price::text, 'quantity', ${amounts}.quantity, 'discount', ${amounts}.discount::text,
    'tax', ${amounts}.tax::text, 'includedTax', ${included}::text, 'taxRate', i.tax_rate, 'lineTotal', ${amounts}.line_total::text) ORDER BY ${order}), '[]') FROM ${from})`;

/** Of an amount, the same part as one amount is of another. */
const share = (amount: string, part: string, whole: string): string =>
  `coalesce(round(${amount} * (${part})::numeric / nullif(${whole}, 0)), 0)::bigint`;

/** The share of a part that others came before: so rounded that the shares of all parts sum to the amount. */
const nextShare = (amount: string, before: string, part: string, whole: string): string =>
  `(${share(amount, `${before} + ${part}`, whole)} - ${share(amount, before, whole)})`;

/** Of the shipping, what refunds before this one gave back. */
const SHIPPING_BEFORE = `(SELECT coalesce(sum(b.shipping), 0) FROM refunds b
   WHERE b.sale_id = t.sale_id AND b.status <> 'failed' AND b.id < t.refund_id)`;

/** Of a line, what was given back of it before `c`, by refunds before this one and higher up in it. */
const LINE_BEFORE = `(SELECT coalesce(sum(e.line_total - e.discount), 0)
   FROM refund_items e JOIN refunds b ON b.id = e.refund_id
   WHERE e.sale_id = c.sale_id AND e.line_no = c.line_no AND b.status <> 'failed'
     AND (e.refund_id, e.position) < (c.refund_id, c.position))`;

/** The tax of the shipping: of what is given back, its part of that which was charged. */
const SHIPPING_TAX: Readonly<Record<InvoiceKind, string>> = {
  invoice: 'terms.shipping_tax',
  credit_note: nextShare('terms.shipping_tax', SHIPPING_BEFORE, 't.shipping', 'terms.shipping'),
};

/** An invoice has the lines of the sale, a credit note those of the refund. */
const LINES: Readonly<Record<InvoiceKind, string>> = {
  invoice: lines('i', 'i.included_tax', 'sale_items i WHERE i.sale_id = t.sale_id', 'i.line_no'),
  credit_note: lines(
    'c',
    nextShare('i.included_tax', LINE_BEFORE, 'c.line_total - c.discount', 'i.line_total - i.discount'),
    `refund_items c JOIN sale_items i ON i.sale_id = c.sale_id AND i.line_no = c.line_no
     WHERE c.refund_id = t.refund_id`,
    'c.position',
  ),
};

const BUYER = `jsonb_build_object('name', t.delivery_address ->> 'recipient', 'address', to_jsonb(array_remove(ARRAY[
    t.delivery_address ->> 'line1', t.delivery_address ->> 'line2',
    concat_ws(' ', t.delivery_address ->> 'postalCode', t.delivery_address ->> 'city'),
    t.delivery_address ->> 'region'], NULL)), 'country', t.delivery_address ->> 'country', 'email', t.email, 'taxId', NULL)`;

/** A credit note names the buyer as the invoice did, also where the person was erased from the sale since. */
const BUYERS: Readonly<Record<InvoiceKind, string>> = {
  invoice: BUYER,
  credit_note: `coalesce((SELECT v.buyer FROM invoices v WHERE v.sale_id = t.sale_id AND v.kind = 'invoice'), ${BUYER})`,
};

/**
 * The end of a WITH list, which issues an invoice for each row of `issuing`: the sale's columns, of a credit note with
 * the amounts of its refund, and `invoice_id`, `refund_id`, `event_id` and a row number `rn` from 1. `invoiced (id, number)` are those that it wrote.
 *
 * The counter's row lock is held until the commit, so that a failure gives the numbers back and leaves no gap. Whoever
 * uses it must therefore commit soon, and do nothing slow before.
 */
export function issuing(kind: InvoiceKind, { now, year, seller, unawaited }: IssuingParameters): string {
  return `counted AS (
     INSERT INTO invoice_counters (kind, year, last)
     SELECT '${kind}', ${year}::int, count(*)::int FROM issuing HAVING count(*) > 0
     ON CONFLICT (kind, year) DO UPDATE SET last = invoice_counters.last + excluded.last RETURNING last),
   invoiced AS (
     INSERT INTO invoices (id, kind, year, sequence, number, sale_id, refund_id, user_id, cart_id, sale_number, currency,
       prices_include_tax, shipping_tax, shipping_tax_rate, subtotal, discount, shipping, tax, total, seller, buyer, lines, issued_at)
     SELECT t.invoice_id, '${kind}', ${year}::int, n.sequence,
       '${PREFIXES[kind]}-' || ${year}::int || '-' || lpad(n.sequence::text, greatest(6, length(n.sequence::text)), '0'),
       t.sale_id, t.refund_id, t.user_id, t.cart_id, t.number, t.currency,
       terms.prices_include_tax, ${SHIPPING_TAX[kind]}, terms.shipping_tax_rate, t.subtotal, t.discount, t.shipping, t.tax,
       t.total, ${seller}::jsonb, ${BUYERS[kind]}, ${LINES[kind]}, ${now}::timestamptz
     FROM issuing t JOIN sales terms ON terms.id = t.sale_id CROSS JOIN counted
       CROSS JOIN LATERAL (SELECT counted.last - (SELECT count(*)::int FROM issuing) + t.rn AS sequence) n
     RETURNING id, number),
   announced AS (
     INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at, published_at)
     SELECT t.event_id, '${INVOICE_ISSUED}', t.sale_id, jsonb_build_object('invoiceId', v.id, 'number', v.number,
       'kind', '${kind}', 'saleId', t.sale_id), ${now}::timestamptz, CASE WHEN ${unawaited}::boolean THEN ${now}::timestamptz END
     FROM issuing t JOIN invoiced v ON v.id = t.invoice_id)`;
}
