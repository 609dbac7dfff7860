import fc from 'fast-check';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct, type TestProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { placeSale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { runs } from '../support/runs.js';

let shop: TestApp;
let manager: TestUser;
let customer: TestUser;

beforeAll(async () => {
  shop = await startApp();
  manager = await createCustomer(shop, 'manager');
  customer = await createCustomer(shop);
});
afterAll(() => shop.close());

type Levels = readonly [number, number];
type Step =
  | { readonly kind: 'move'; readonly which: 0 | 1; readonly delta: number }
  | { readonly kind: 'set'; readonly which: 0 | 1; readonly quantity: number }
  | { readonly kind: 'bulkAdjust' | 'bulkSet' | 'sale'; readonly amounts: Levels }
  | { readonly kind: 'cancel' };

const which = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), which, delta: fc.integer({ min: -8, max: 8 }) }),
  fc.record({ kind: fc.constant('set' as const), which, quantity: fc.integer({ min: 0, max: 12 }) }),
  fc.record({
    kind: fc.constantFrom('bulkAdjust' as const, 'bulkSet' as const, 'sale' as const),
    amounts: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
  }),
  fc.constant({ kind: 'cancel' as const }),
);

/** What the shop should do: levels, and the open sales with what they took. */
class Model {
  levels: Levels;
  readonly sales: { readonly id: string; readonly took: Levels }[] = [];

  constructor(levels: Levels) {
    this.levels = levels;
  }

  /** Changes both levels, unless one would fall below zero. */
  change(deltas: Levels): boolean {
    const [a, b] = [this.levels[0] + deltas[0], this.levels[1] + deltas[1]];
    if (a < 0 || b < 0) return false;
    this.levels = [a, b];
    return true;
  }
}

const only = (index: 0 | 1, amount: number): Levels => (index === 0 ? [amount, 0] : [0, amount]);

/** Does a step, and says by the status of the answer what the model expects. */
async function act(todo: Step, products: readonly [TestProduct, TestProduct], model: Model): Promise<[number, number]> {
  const send = (method: 'post' | 'put', path: string, body: object) =>
    shop.http[method](`/api/${path}`).set(manager.bearer).send(body);
  switch (todo.kind) {
    case 'move': {
      const path = `products/${products[todo.which].id}/stock-movements`;
      const { status } = await send('post', path, { delta: todo.delta, reason: 'adjustment' });
      if (todo.delta === 0) return [status, 400];
      return [status, model.change(only(todo.which, todo.delta)) ? 201 : 409];
    }
    case 'set': {
      const { status } = await send('put', `products/${products[todo.which].id}/stock`, { quantity: todo.quantity });
      model.change(only(todo.which, todo.quantity - model.levels[todo.which]));
      return [status, 200];
    }
    case 'bulkAdjust': {
      const items = products.map(({ sku }, index) => ({ sku, delta: -(todo.amounts[index] ?? 0) + 4 || 1 }));
      const { status } = await send('post', 'products/stock', { mode: 'adjust', items });
      return [status, model.change([items[0]?.delta ?? 0, items[1]?.delta ?? 0]) ? 200 : 409];
    }
    case 'bulkSet': {
      const items = products.map(({ id }, index) => ({ productId: id, quantity: todo.amounts[index] }));
      const { status } = await send('post', 'products/stock', { mode: 'set', items });
      model.levels = todo.amounts;
      return [status, 200];
    }
    case 'sale': {
      const items = products.map(({ id }, index) => ({ productId: id, quantity: todo.amounts[index] ?? 1 }));
      const { status, body } = await placeSale(shop, customer, items);
      const [a, b] = todo.amounts;
      const sold = model.change([-a, -b]);
      if (sold) model.sales.push({ id: body.id, took: todo.amounts });
      return [status, sold ? 201 : 409];
    }
    case 'cancel': {
      const sale = model.sales.pop();
      if (sale === undefined) return [200, 200];
      const { status } = await shop.http.post(`/api/sales/${sale.id}/cancel`).set(customer.bearer).send({});
      model.change(sale.took);
      return [status, 200];
    }
  }
}

test('whatever is done to stock, levels are those of a model, now and at every moment that has passed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })),
      fc.array(fc.tuple(step, fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 15 }),
      async (first, steps) => {
        const products = [
          await createProduct(shop.db, { stock: first[0] }),
          await createProduct(shop.db, { stock: first[1] }),
        ] as const;
        const model = new Model(first);
        const moments: { readonly at: string; readonly levels: Levels }[] = [];
        const remember = (milliseconds: number): void => {
          // The level that is there now holds until the next millisecond, in which the next step is done at the earliest.
          moments.push({ at: shop.clock.now().toISOString(), levels: model.levels });
          shop.clock.advance(milliseconds);
        };
        shop.clock.advance(5);
        remember(1);
        for (const [todo, pause] of steps) {
          const [answered, expected] = await act(todo, products, model);
          expect([todo, answered]).toEqual([todo, expected]);
          remember(pause);
        }
        for (const { at, levels } of moments) {
          for (const index of [0, 1] as const) {
            const path = `/api/products/${products[index].id}/stock`;
            const { body } = await shop.http.get(path).query({ asOf: at }).set(manager.bearer);
            expect([at, body.quantity]).toEqual([at, levels[index]]);
          }
        }
      },
    ),
    { numRuns: runs(12) },
  );
  expect(await brokenInvariants(shop.db)).toEqual({});
}, 120_000);
