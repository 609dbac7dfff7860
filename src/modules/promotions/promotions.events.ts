/** What was priced with promotions carries this tag in the cache. */
export const PROMOTIONS_TAG = 'promotions';
