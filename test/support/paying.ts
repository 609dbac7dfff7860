import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Test } from 'supertest';
import { newId } from '../../src/common/ids.js';
import { secretBytes, sign } from '../../src/modules/payments/standard-webhooks.js';
import { JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { SecretBox } from '../../src/platform/security/secret-box.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import type { TestApp } from './app.js';
import { placeSale } from './buying.js';
import type { StripeSimulator } from './stripe-simulator.js';

export const SANDBOX_SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, so').toString('base64')}`;

/** A customer with a sale of one product that is not paid. */
export async function openSale(shop: TestApp, productId: string, quantity = 1) {
  const customer = await createCustomer(shop);
  const { body } = await placeSale(shop, customer, [{ productId, quantity }]).expect(201);
  return { customer, saleId: body.id as string, total: body.total as string };
}

/** Pays a sale by some provider. */
export function pay(
  shop: TestApp,
  customer: TestUser,
  saleId: string,
  provider: string,
  method: string,
  key: string = randomUUID(),
): Test {
  return shop.http
    .post(`/api/sales/${saleId}/payments`)
    .set(customer.bearer)
    .set('Idempotency-Key', key)
    .send({ provider, method });
}

/** What a sandbox webhook says. */
export interface SandboxEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Delivers an event of the sandbox, signed. */
export function sandboxWebhook(shop: TestApp, event: SandboxEvent, id = `evt_${newId()}`, at?: Date): Test {
  const body = JSON.stringify(event);
  const secret = shop.config.SANDBOX_WEBHOOK_SECRET;
  const key =
    secret === undefined
      ? shop.app.get(SecretBox, { strict: false }).derive('tradepost sandbox webhooks')
      : secretBytes(secret);
  return shop.http
    .post('/api/payments/webhooks/sandbox')
    .set({ ...sign(key, id, at ?? new Date(), Buffer.from(body)), 'content-type': 'application/json' })
    .send(body);
}

/** Runs a background job once, whichever process leads. */
export async function runJob(shop: TestApp, name: string): Promise<void> {
  const job = shop.app
    .get(JobRegistry, { strict: false })
    .all()
    .find((one) => one.name === name);
  if (job === undefined) throw new Error(`There is no job ${name}.`);
  await job.run(new AbortController().signal);
}

/** A sale as its buyer sees it. */
export async function saleOf(shop: TestApp, customer: TestUser, saleId: string) {
  return (await shop.http.get(`/api/sales/${saleId}`).set(customer.bearer).expect(200)).body;
}

/**
 * Charges at Stripe that the books do not agree with: what a charge took and did not give back has to be what its
 * payment says it took less its refunds, and nothing where it paid nothing. Of two-digit currencies.
 */
export async function disagreements(stripe: StripeSimulator, db: pg.Pool): Promise<object[]> {
  const { rows } = await db.query<{ reference: string; kept: string }>(
    `SELECT p.provider_ref AS reference, (p.amount - p.refunded_amount)::text AS kept FROM payments p
     WHERE p.provider = 'stripe' AND p.status IN ('completed', 'refunded')
     UNION ALL
     SELECT c.provider_ref, CASE c.status WHEN 'completed' THEN 0 ELSE c.amount END::text FROM stray_charges c
     WHERE c.provider = 'stripe'`,
  );
  const kept = new Map(rows.map(({ reference, kept: amount }) => [reference, Number(amount)]));
  const charges = [...stripe.intents.values()].map((intent) => ({
    reference: intent.id,
    atStripe: stripe.balance(intent),
    inTheBooks: kept.get(intent.id) ?? 0,
  }));
  const unknown = rows.filter(({ reference }) => !stripe.intents.has(reference));
  return [...charges.filter(({ atStripe, inTheBooks }) => atStripe !== inTheBooks), ...unknown];
}
