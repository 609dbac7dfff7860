import { randomUUID } from 'node:crypto';
import { createCustomer, type TestUser } from '../factories/customer.js';
import type { TestApp } from './app.js';

/** An address as a request gives it. */
export const ADDRESS = {
  recipient: 'Ada Lovelace',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4LB',
  country: 'GB',
} as const;

export interface BasketItem {
  readonly productId: string;
  readonly quantity: number;
}

/** Places a sale of some items for a customer; give headers to repeat a key. */
export function placeSale(
  shop: TestApp,
  customer: TestUser,
  items: readonly BasketItem[] | undefined,
  headers: Readonly<Record<string, string>> = {},
) {
  const body = { ...(items === undefined ? {} : { items }), deliveryAddress: ADDRESS };
  return shop.http.post('/api/sales').set(customer.bearer).set(headers).send(body);
}

export function addToCart(shop: TestApp, customer: TestUser, productId: string, quantity = 1) {
  return shop.http.post('/api/cart/items').set(customer.bearer).send({ productId, quantity });
}

export function paySale(shop: TestApp, customer: TestUser, saleId: string, method = 'ok') {
  return shop.http
    .post(`/api/sales/${saleId}/payments`)
    .set(customer.bearer)
    .set('Idempotency-Key', randomUUID())
    .send({ provider: 'sandbox', method });
}

/** A customer with a paid sale of one product. */
export async function paidSale(shop: TestApp, productId: string, quantity = 1) {
  const customer = await createCustomer(shop);
  const placed = await placeSale(shop, customer, [{ productId, quantity }]).expect(201);
  await paySale(shop, customer, placed.body.id).expect(201);
  return { customer, saleId: placed.body.id as string };
}

/** A customer with a delivered sale of some items. */
export async function deliveredSale(shop: TestApp, staff: TestUser, items: readonly BasketItem[]) {
  const customer = await createCustomer(shop);
  const placed = await placeSale(shop, customer, items).expect(201);
  const saleId = placed.body.id as string;
  await paySale(shop, customer, saleId).expect(201);
  for (const status of ['shipped', 'delivered']) {
    await shop.http.patch(`/api/admin/sales/${saleId}/status`).set(staff.bearer).send({ status }).expect(200);
  }
  return { customer, saleId };
}
