import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { leadsTo } from '../../src/common/lifecycle.js';
import { SaleCancellationService } from '../../src/modules/sales/lifecycle/sale-cancellation.service.js';
import { SALE_STEPS } from '../../src/modules/sales/lifecycle/sale-lifecycle.js';
import { PAYMENT_STEPS } from '../../src/modules/sales/payments/payment-lifecycle.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { createProduct } from '../factories/product.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADDRESS, type BasketItem, paySale } from '../support/buying.js';
import { brokenInvariants } from '../support/invariants.js';
import { runs } from '../support/runs.js';
import { type Pieces, SaleModel } from '../support/sale-model.js';

/** Longer than any reservation here lasts. */
const RESERVATIONS_MS = 61 * 60_000;

let shop: TestApp;
let code: string;

beforeAll(async () => {
  shop = await startApp({ WORKER: 'off', ACCESS_TOKEN_SECONDS: '86400', DRAFT_HOURS: '1' });
  const staff = await createCustomer(shop, 'manager');
  code = `C${randomUUID().slice(0, 8).toUpperCase()}`;
  const terms = { name: 'Seven', code, type: 'percentage', percentage: 7, usageLimit: 100_000 };
  await shop.http.post('/api/admin/promotions').set(staff.bearer).send(terms).expect(201);
});
afterAll(() => shop.close());

type Step =
  | { readonly kind: 'cancel' | 'confirm' | 'expire' | 'wait' | 'shipAll' | 'deliver' | 'takeBack' | 'refundRest' }
  | { readonly kind: 'pay'; readonly method: 'ok' | 'declined' | 'pending' }
  | { readonly kind: 'edit' | 'shipPart' | 'ask' | 'refund'; readonly pieces: Pieces }
  | { readonly kind: 'decide'; readonly which: number; readonly decision: 'approved' | 'refused' | 'received' };

const upTo = (most: number): fc.Arbitrary<Pieces> =>
  fc.tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: most })).filter(([a, b]) => a + b > 0);
const ofPieces = (kind: 'edit' | 'shipPart' | 'ask' | 'refund', most: number): fc.Arbitrary<Step> =>
  upTo(most).map((pieces) => ({ kind, pieces }));
const just = (kind: 'cancel' | 'confirm' | 'expire' | 'wait' | 'shipAll' | 'deliver' | 'takeBack' | 'refundRest') =>
  fc.constant<Step>({ kind });
const pay = (method: 'ok' | 'declined' | 'pending') => fc.constant<Step>({ kind: 'pay', method });

const decide: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('decide' as const),
  which: fc.nat(2),
  decision: fc.constantFrom(
    'approved' as const,
    'approved' as const,
    'received' as const,
    'received' as const,
    'refused' as const,
  ),
});
const refund = ofPieces('refund', 1);
const twice = <T>(arbitrary: T): readonly [T, T] => [arbitrary, arbitrary];
/** What is usually done with a sale of a status: left to chance alone, few would get far. */
const USUAL = {
  pending: fc.oneof(...twice(ofPieces('edit', 7)), ...twice(pay('ok')), pay('declined'), just('confirm')),
  confirmed: fc.oneof(...twice(ofPieces('shipPart', 2)), ofPieces('shipPart', 1), ...twice(just('shipAll')), refund),
  shipped: fc.oneof(...twice(just('deliver')), just('deliver'), refund),
  delivered: fc.oneof(...twice(ofPieces('ask', 2)), ...twice(decide), ...twice(decide), refund),
  cancelled: fc.oneof(decide, refund),
  returned: fc.oneof(decide, refund),
};
const RARE = ['cancel', 'expire', 'wait', 'takeBack', 'refundRest', 'shipAll'] as const;
const step = fc.record({
  usual: fc.record(USUAL),
  /** Every now and then, anything. */
  any: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.oneof(...Object.values(USUAL), ...RARE.map(just), pay('pending')) },
  ),
});

/** A sale in the shop beside its model. */
class Run {
  constructor(
    readonly model: SaleModel,
    readonly id: string,
    private readonly products: readonly [string, string],
    private readonly buyer: TestUser,
    private readonly staff: TestUser,
  ) {}

  /** Does a step in the shop and in the model; gives the status of the answer, and whether the model allowed it. */
  async act(todo: Step): Promise<readonly [number, boolean] | undefined> {
    const { model } = this;
    switch (todo.kind) {
      case 'pay':
        return [(await paySale(shop, this.buyer, this.id, todo.method)).status, model.pay(todo.method)];
      case 'cancel':
        return [await this.send(this.buyer, `sales/${this.id}/cancel`, {}), model.cancel()];
      case 'expire':
      case 'wait':
        return this.pass(todo.kind === 'expire');
      case 'edit':
        return [await this.patch(`sales/${this.id}`, { items: this.items(todo.pieces) }), model.edit(todo.pieces)];
      case 'shipPart':
        return [await this.ofStaff('shipments', { items: this.items(todo.pieces) }), model.ship(todo.pieces)];
      case 'ask':
        return this.ask(todo.pieces);
      case 'decide':
        return this.decide(todo.which, todo.decision);
      case 'refund':
        return [
          await this.ofStaff('refunds', { items: this.items(todo.pieces), reason: 'x' }),
          model.refund(todo.pieces),
        ];
      case 'refundRest':
        return [await this.ofStaff('refunds', { reason: 'x' }), model.refund(undefined)];
      default:
        return this.setStatus(todo.kind);
    }
  }

  /** What the shop says of the sale, in the words of the model. */
  async seen() {
    const { body } = await shop.http.get(`/api/admin/sales/${this.id}`).set(this.staff.bearer).expect(200);
    const { body: sent } = await shop.http.get(`/api/admin/sales/${this.id}/shipments`).set(this.staff.bearer);
    const { body: back } = await shop.http
      .get(`/api/admin/returns?saleId=${this.id}&perPage=100`)
      .set(this.staff.bearer);
    const { rows } = await shop.db.query('SELECT id, stock FROM products WHERE id = ANY ($1)', [this.products]);
    const stock = new Map(rows.map((row) => [row.id, row.stock]));
    return {
      status: body.status,
      paymentStatus: body.paymentStatus,
      sold: this.pieces(body.items),
      shipped: this.pieces(sent.items.flatMap(({ items }: { items: BasketItem[] }) => items)),
      returns: back.items.map(({ status }: { status: string }) => status).reverse(),
      stock: this.products.map((id) => stock.get(id)),
    };
  }

  private pieces(items: readonly BasketItem[]): number[] {
    const of = (id: string): number =>
      items.filter(({ productId }) => productId === id).reduce((sum, { quantity }) => sum + quantity, 0);
    return this.products.map(of);
  }

  items(pieces: Pieces): BasketItem[] {
    return this.products
      .map((productId, index) => ({ productId, quantity: pieces[index] ?? 0 }))
      .filter(({ quantity }) => quantity > 0);
  }

  private async pass(swept: boolean): Promise<undefined> {
    shop.clock.advance(RESERVATIONS_MS);
    const cancellations = shop.app.get(SaleCancellationService, { strict: false });
    if (swept) await cancellations.cancelExpired(new AbortController().signal);
    this.model.pass(swept);
  }

  private async ask(pieces: Pieces): Promise<readonly [number, boolean]> {
    const body = { items: this.items(pieces), reason: 'x' };
    const answer = await shop.http.post(`/api/sales/${this.id}/returns`).set(this.buyer.bearer).send(body);
    const allowed = this.model.mayAsk(pieces);
    if (answer.status === 201) this.model.returns.push({ id: answer.body.id, pieces, status: 'requested' });
    return [answer.status, allowed];
  }

  private async decide(
    which: number,
    status: 'approved' | 'refused' | 'received',
  ): Promise<readonly [number, boolean] | undefined> {
    const asked = this.model.returns[which % Math.max(this.model.returns.length, 1)];
    if (asked === undefined) return undefined;
    return [await this.patch(`returns/${asked.id}`, { status }), this.model.decide(asked, status)];
  }

  private async setStatus(kind: 'confirm' | 'shipAll' | 'deliver' | 'takeBack'): Promise<readonly [number, boolean]> {
    const { model } = this;
    const [status, act] = {
      confirm: ['confirmed', () => model.confirm()],
      shipAll: ['shipped', () => model.ship(undefined)],
      deliver: ['delivered', () => model.deliver()],
      takeBack: ['returned', () => model.takeBack()],
    }[kind] as [string, () => boolean];
    return [await this.patch(`sales/${this.id}/status`, { status }), act()];
  }

  private ofStaff(what: string, body: object): Promise<number> {
    return this.send(this.staff, `admin/sales/${this.id}/${what}`, body);
  }

  private async send({ bearer }: TestUser, path: string, body: object): Promise<number> {
    return (await shop.http.post(`/api/${path}`).set(bearer).send(body)).status;
  }

  private async patch(path: string, body: object): Promise<number> {
    return (await shop.http.patch(`/api/admin/${path}`).set(this.staff.bearer).send(body)).status;
  }
}

interface Beginning {
  readonly stock: Pieces;
  readonly sold: Pieces;
  readonly drafted: boolean;
  readonly withCoupon: boolean;
}

/** A sale of new products, for somebody new: tokens do not last for all runs. */
async function begin({ stock, sold, drafted, withCoupon }: Beginning): Promise<Run> {
  const staff = await createCustomer(shop, 'manager');
  const buyer = await createCustomer(shop);
  const { id: first } = await createProduct(shop.db, { price: 999n, stock: stock[0] });
  const { id: second } = await createProduct(shop.db, { price: 2_345n, stock: stock[1] });
  const products = [first, second] as const;
  const items = products
    .map((productId, index) => ({ productId, quantity: sold[index] ?? 0 }))
    .filter(({ quantity }) => quantity > 0);
  const order = { items, deliveryAddress: ADDRESS, ...(withCoupon ? { couponCode: code } : {}) };
  const request = drafted
    ? shop.http
        .post('/api/admin/sales')
        .set(staff.bearer)
        .send({ ...order, userId: buyer.id })
    : shop.http.post('/api/sales').set(buyer.bearer).send(order);
  const { body } = await request.expect(201);
  return new Run(new SaleModel(stock, sold), body.id, products, buyer, staff);
}

const beginning: fc.Arbitrary<Beginning> = fc.record({
  stock: fc.tuple(fc.integer({ min: 4, max: 8 }), fc.integer({ min: 4, max: 8 })),
  sold: upTo(4),
  drafted: fc.boolean(),
  withCoupon: fc.boolean(),
});

test('whatever is done to a sale, it becomes what a model of it becomes, by steps that the tables know', async () => {
  await fc.assert(
    fc.asyncProperty(beginning, fc.array(step, { minLength: 8, maxLength: 20 }), async (start, steps) => {
      const run = await begin(start);
      let before = await run.seen();
      for (const { usual, any } of steps) {
        const todo = any ?? usual[run.model.status];
        const answer = await run.act(todo);
        if (answer !== undefined) {
          const [status, allowed] = answer;
          expect([todo, [200, 201].includes(status), [400, 409].includes(status)]).toEqual([todo, allowed, !allowed]);
        }
        const seen = await run.seen();
        const { status, paymentStatus, sold, shipped, stock, returns } = run.model;
        const expected = { status, paymentStatus, sold, shipped, stock, returns: returns.map((each) => each.status) };
        expect([todo, seen]).toEqual([todo, expected]);
        const changed = (from: string, to: string, steps: Parameters<typeof leadsTo>[0]): boolean =>
          from === to || leadsTo(steps, from, to);
        expect(changed(before.status, seen.status, SALE_STEPS)).toBe(true);
        expect(changed(before.paymentStatus, seen.paymentStatus, PAYMENT_STEPS)).toBe(true);
        before = seen;
      }
    }),
    { numRuns: runs(18) },
  );
  expect(await brokenInvariants(shop.db)).toEqual({});
}, 300_000);
