/** What the shop of examples on a laptop has, so that the examples of the API's description work there as they are. */

/** The product MUG-350-BLUE. */
export const EXAMPLE_PRODUCT_ID = '0198c0de-0000-7000-8000-000000000001';

/** Published in the README and in `api.http`: for a laptop, and refused in production. */
export const EXAMPLE_ADMIN = { email: 'admin@example.com', password: 'Tradepost-dev-1', name: 'Administrator' };

/** A password that the rules allow. */
export const EXAMPLE_PASSWORD = 'Quiet-otter-52';
