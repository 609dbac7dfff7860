import { createCustomer } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { paySale, placeSale } from '../support/buying.js';
import { eventually } from '../support/eventually.js';

interface Written {
  readonly type: string;
  readonly at_once: boolean;
}

/** The events of a sale that was placed and paid, and whether each was published when it was written. */
async function eventsOf(shop: TestApp): Promise<Written[]> {
  const customer = await createCustomer(shop);
  const product = await createProduct(shop.db, { stock: 5 });
  await shop.db.query('DELETE FROM outbox_events');
  const { body } = await placeSale(shop, customer, [{ productId: product.id, quantity: 1 }]).expect(201);
  await paySale(shop, customer, body.id).expect(201);
  const { rows } = await shop.db.query<Written>(
    `SELECT type, coalesce(published_at = occurred_at, false) AS at_once FROM outbox_events
     WHERE type ~ '^(sale|stock|invoice)[.]' ORDER BY type`,
  );
  return rows;
}

/** What becomes of a purchase's events in a shop with such settings, once its relay runs, if it is to run. */
async function expectEvents(settings: Readonly<Record<string, string>>, expected: readonly Written[]): Promise<void> {
  const shop = await startApp(settings);
  try {
    await eventually(async () => expect(await eventsOf(shop)).toEqual(expected));
  } finally {
    await shop.close();
  }
}

/** The events by their types, and which of them are published as they are written. */
const written = (...atOnce: readonly string[]): Written[] =>
  ['invoice.issued', 'sale.confirmed', 'sale.placed', 'stock.changed'].map((type) => ({
    type,
    at_once: atOnce.includes(type),
  }));

describe('events of a purchase', () => {
  it('that nobody waits for are published as they are written, where the relay runs', async () => {
    await expectEvents({ MAIL_INVOICES: 'false' }, written('invoice.issued', 'sale.placed', 'stock.changed'));
  });

  it('wait for the relay where it runs elsewhere, or where somebody wants them', async () => {
    await expectEvents({ WORKER: 'off' }, written());
    await expectEvents({ MAIL_INVOICES: 'true' }, written('sale.placed', 'stock.changed'));
  });
});
