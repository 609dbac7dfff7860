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

describe('events of a purchase', () => {
  it('that nobody waits for are published as they are written, where the relay runs', async () => {
    const shop = await startApp({ MAIL_INVOICES: 'false' });
    try {
      // The relay runs as soon as this process leads.
      await eventually(async () => {
        expect(await eventsOf(shop)).toEqual([
          { type: 'invoice.issued', at_once: true },
          { type: 'sale.confirmed', at_once: false },
          { type: 'sale.placed', at_once: true },
          { type: 'stock.changed', at_once: true },
        ]);
      });
    } finally {
      await shop.close();
    }
  });

  it('wait for the relay where it runs elsewhere, or where somebody wants them', async () => {
    const relayless = await startApp({ WORKER: 'off' });
    try {
      expect((await eventsOf(relayless)).map(({ at_once }) => at_once)).toEqual([false, false, false, false]);
    } finally {
      await relayless.close();
    }
    const mailing = await startApp({ MAIL_INVOICES: 'true' });
    try {
      await eventually(async () => {
        expect(await eventsOf(mailing)).toEqual([
          { type: 'invoice.issued', at_once: false },
          { type: 'sale.confirmed', at_once: false },
          { type: 'sale.placed', at_once: true },
          { type: 'stock.changed', at_once: true },
        ]);
      });
    } finally {
      await mailing.close();
    }
  });
});
