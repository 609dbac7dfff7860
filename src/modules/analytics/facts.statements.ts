import { UNSUMMED } from './question.js';

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** Statuses that are in no sums, for an IN list. */
export const UNSUMMED_SQL = quoted(UNSUMMED);

/** Country and buyer of a sale `s`, as the sums have them. A guest is known by a digest of the email address. */
export const COUNTRY = `coalesce(s.delivery_address ->> 'country', '')`;
export const CUSTOMER = 'coalesce(s.user_id, s.customer_id, md5(lower(s.email))::uuid)';

/** Days and months that sums are kept of. */
export const DAY = `(placed_at AT TIME ZONE 'UTC')::date`;
export const MONTH = `date_trunc('month', placed_at AT TIME ZONE 'UTC')::date`;
export const SLOT = `date_bin('15 minutes', placed_at, 'epoch')`;

/** Stands for the category of products that have none. */
export const NO_CATEGORY = '00000000-0000-0000-0000-000000000000';

/** The sales whose sums may be behind: those that wait to be summed up, and those that the relay has not yet told of. */
export const BEHIND = `SELECT sale_id FROM analytics_pending
  UNION SELECT aggregate_id FROM outbox_events
    WHERE published_at IS NULL AND type LIKE 'sale.%' AND type <> 'sale.placed'`;

/** More lines than any sale has. */
const ALL_LINES = 2_147_483_647;

/** Columns of a sale `s` as it is now. */
export const AS_IT_IS = `s.id, 1 AS sign, s.placed_at, s.status, ${COUNTRY} AS country, ${CUSTOMER} AS customer,
  ${ALL_LINES} AS lines`;

/** Columns of a sale as the sums have it, to be taken away: `a` its state there, `s` the sale. */
export const AS_SUMMED = 's.id, -1 AS sign, s.placed_at, a.status, a.country, a.customer, a.lines';
