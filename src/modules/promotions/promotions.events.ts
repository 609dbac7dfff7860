/** What was priced with promotions carries this tag in the cache. */
export const PROMOTIONS_TAG = 'promotions';

/** Whether anything may take something off by itself. Most shops have nothing that does, and need not ask for more. */
export const DISCOUNTED = 'EXISTS (SELECT FROM promotions WHERE active AND code IS NULL)';

/** The same as a column for the statements that read a cart. */
export const OFFERED = `${DISCOUNTED} AS offered`;
