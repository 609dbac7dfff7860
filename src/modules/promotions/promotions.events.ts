/** What was priced with promotions carries this tag in the cache. */
export const PROMOTIONS_TAG = 'promotions';

/** Whether anything may take something off by itself. Most shops have nothing that does, and need not ask for more. */
export const DISCOUNTED = 'EXISTS (SELECT FROM promotions WHERE active AND code IS NULL)';

/** The same as a column for the statements that read a cart. */
export const OFFERED = `${DISCOUNTED} AS offered`;

/**
 * The lowest number under which a customer has no use of `pr`, up to its limit by customer; null where it has no such limit,
 * or all are taken. Who has used it `n` times has one free up to `n + 1`, however high the limit is.
 */
export const nextUse = (customer: string): string => `SELECT min(n) AS free
         FROM generate_series(1, CASE WHEN pr.per_customer_limit IS NOT NULL THEN least(pr.per_customer_limit, 1 + (
           SELECT count(*)::int FROM promotion_uses o WHERE o.promotion_id = pr.id AND o.customer = ${customer}::uuid)) END) AS n
         WHERE NOT EXISTS (SELECT FROM promotion_uses o
           WHERE o.promotion_id = pr.id AND o.customer = ${customer}::uuid AND o.nth = n)`;

/** Constraints that refuse a use which somebody else has had after it was looked for. */
export const USE_IS_TAKEN = ['promotion_uses_nth_unique', 'promotions_uses_within_limit'] as const;
