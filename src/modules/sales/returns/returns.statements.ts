import { statement } from '../../../platform/database/statement.js';

/** The lines of a sale and how much of each came back, or is about to. */
export const RETURNABLE = statement(
  'returns.returnable',
  `SELECT i.line_no, i.product_id, i.quantity, i.returned_units, coalesce(g.units, 0)::int AS received_units
   FROM sale_items i LEFT JOIN (
     SELECT t.line_no, sum(t.quantity) AS units FROM sale_return_items t JOIN sale_returns r ON r.id = t.return_id
     WHERE r.sale_id = $1::uuid AND r.status = 'received' GROUP BY t.line_no) g ON g.line_no = i.line_no
   WHERE i.sale_id = $1::uuid ORDER BY i.line_no`,
);
/** Takes a return down: $1 id, $2 sale, $3 reason, $4 now, $5 lines, $6 quantities. */
export const ADD = statement(
  'returns.add',
  `WITH r AS (
     INSERT INTO sale_returns (id, sale_id, status, reason, created_at, updated_at)
     VALUES ($1::uuid, $2::uuid, 'requested', $3::text, $4::timestamptz, $4::timestamptz)),
   l AS MATERIALIZED (SELECT * FROM unnest($5::int[], $6::int[]) AS l(line_no, quantity)),
   t AS (
     INSERT INTO sale_return_items (return_id, line_no, sale_id, quantity)
     SELECT $1::uuid, l.line_no, $2::uuid, l.quantity FROM l)
   UPDATE sale_items i SET returned_units = i.returned_units + l.quantity
   FROM l WHERE i.sale_id = $2::uuid AND i.line_no = l.line_no`,
);
export const DECIDE = statement(
  'returns.decide',
  `UPDATE sale_returns SET status = $2::text, note = coalesce($3::text, note), refund_id = $4::uuid,
     updated_at = $5::timestamptz WHERE id = $1::uuid`,
);
/** What a refused return was about may be asked for again. */
export const LET_GO = statement(
  'returns.letGo',
  `UPDATE sale_items i SET returned_units = i.returned_units - t.quantity
   FROM sale_return_items t WHERE t.return_id = $1::uuid AND i.sale_id = t.sale_id AND i.line_no = t.line_no`,
);
/** The whole sale came back: open returns of it are received by that. */
export const RECEIVE_ALL = statement(
  'returns.receiveAll',
  `WITH r AS (
     UPDATE sale_returns SET status = 'received', updated_at = $2::timestamptz
     WHERE sale_id = $1::uuid AND status IN ('requested', 'approved'))
   UPDATE sale_items SET returned_units = quantity WHERE sale_id = $1::uuid AND returned_units < quantity`,
);

const SELECT = `SELECT r.id, r.sale_id, s.number AS sale_number, r.status, r.reason, r.note, r.refund_id, r.created_at,
    r.updated_at,
    (SELECT jsonb_agg(jsonb_build_object('productId', i.product_id, 'sku', i.sku, 'name', i.name,
        'quantity', t.quantity) ORDER BY t.line_no)
      FROM sale_return_items t JOIN sale_items i ON i.sale_id = t.sale_id AND i.line_no = t.line_no
      WHERE t.return_id = r.id) AS items
  FROM sale_returns r JOIN sales s ON s.id = r.sale_id`;
const CHOSEN = `($1::uuid IS NULL OR r.sale_id = $1::uuid) AND ($2::text IS NULL OR r.status = $2::text)`;

export const FIND = statement('returns.find', `${SELECT} WHERE r.id = $1::uuid`);
export const LIST = statement(
  'returns.list',
  `${SELECT} WHERE ${CHOSEN} AND ($3::uuid IS NULL OR r.id < $3::uuid) ORDER BY r.id DESC LIMIT $4::int OFFSET $5::int`,
);
export const COUNT = statement('returns.count', `SELECT count(*)::int AS count FROM sale_returns r WHERE ${CHOSEN}`);
export const LIST_OF_USER = statement('returns.listOfUser', `${SELECT} WHERE s.user_id = $1::uuid ORDER BY r.id`);
export const ERASE = statement(
  'returns.erase',
  `UPDATE sale_returns r SET reason = '', note = NULL FROM sales s
   WHERE s.user_id = $1::uuid AND r.sale_id = s.id AND (r.reason <> '' OR r.note IS NOT NULL)`,
);
