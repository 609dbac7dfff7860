import { newId } from './ids.mjs';
import { SETTLE } from './statements.mjs';

const BATCH_LIMIT = 32;
const SELLER = JSON.stringify({ name: 'Reference', address: [], country: null, email: null, taxId: null });

/** @typedef {{ id: string, saleId: string, accountId: string, key: string, hash: Buffer, body: string, provider: string,
 *   method: string }} Payment */
/** @typedef {{ payment: Payment, resolve: (body: string | undefined) => void, reject: (error: unknown) => void }} Waiting */

/**
 * Sends each settlement by itself, as a bare server would.
 * @param {import('pg').Pool} pool
 * @param {number} year the calendar year of the invoices
 */
export function settleEach(pool, year) {
  return async (/** @type {Payment} */ payment) => (await settle(pool, year, [payment])).get(payment.saleId);
}

/**
 * Sends the settlements that queued while the last statement ran as one statement. There is no timer: a lone
 * settlement leaves at once.
 * @param {import('pg').Pool} pool
 * @param {number} year the calendar year of the invoices
 */
export function settleTogether(pool, year) {
  /** @type {Waiting[]} */
  const queue = [];
  let running = false;

  async function drain() {
    running = true;
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH_LIMIT);
      try {
        const settled = await settle(
          pool,
          year,
          batch.map(({ payment }) => payment),
        );
        for (const { payment, resolve } of batch) resolve(settled.get(payment.saleId));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  return (/** @type {Payment} */ payment) =>
    new Promise((/** @type {Waiting['resolve']} */ resolve, reject) => {
      queue.push({ payment, resolve, reject });
      if (!running) void drain();
    });
}

/**
 * @param {import('pg').Pool} pool
 * @param {number} year
 * @param {Payment[]} payments
 */
async function settle(pool, year, payments) {
  const saleIds = payments.map(({ saleId }) => saleId);
  const { rows } = await pool.query({
    ...SETTLE,
    values: [
      saleIds,
      payments.map(({ id }) => id),
      saleIds.map(newId),
      saleIds.map(newId),
      saleIds.map(newId),
      year,
      saleIds.map(newId),
      payments.map(({ accountId }) => accountId),
      payments.map(({ key }) => key),
      payments.map(({ hash }) => hash),
      payments.map(({ body }) => body),
      payments.map(({ provider }) => provider),
      payments.map(({ method }) => method),
      SELLER,
    ],
  });
  return new Map(rows.map((row) => [row.sale_id, row.body]));
}
