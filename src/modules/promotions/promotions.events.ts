/** What was priced with promotions carries this tag in the cache. */
export const PROMOTIONS_TAG = 'promotions';

/**
 * A column for the statements that read a cart: whether anything may take something off by itself. Most shops have nothing
 * that does, and need not ask for more.
 */
export const OFFERED = 'EXISTS (SELECT FROM promotions WHERE active AND code IS NULL) AS offered';
