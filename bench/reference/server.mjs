import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Fastify from 'fastify';
import pg from 'pg';
import { newId } from './ids.mjs';
import { settleEach, settleTogether } from './settlement.mjs';
import {
  ADD_CART_LINE,
  CART_TO_PRICE,
  CHECK_OUT,
  EMPTY_CART,
  LIST_PRODUCTS,
  PAGE_SIZE,
  PRODUCT_BY_ID,
  STORE_ADDRESS,
} from './statements.mjs';

/**
 * The ceiling: the measured requests on bare Fastify and pg, without accounts, validation or caching. Callers name
 * themselves in `x-account-id`. It is a yardstick and must never be exposed.
 */
const { values: args } = parseArgs({
  options: {
    database: { type: 'string' },
    port: { type: 'string', default: '0' },
    connections: { type: 'string', default: '10' },
    batches: { type: 'boolean', default: false },
    'cached-list': { type: 'string' },
    'cached-detail': { type: 'string' },
  },
});

const CURRENCY = 'USD';
const JSON_TYPE = 'application/json; charset=utf-8';

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({
  connectionString: args.database,
  max: Number(args.connections),
  // As the application's: no connection is opened anew because another server was measured for a while.
  idleTimeoutMillis: 600_000,
  // Generic plans that were made on tables hardly filled are kept. They would choose sequential scans, and joins that
  // read whole tables: up to three times the work of a checkout. The cost that forbids those would start the
  // just-in-time compiler. And it would plan anew at each checkout once autovacuum has analysed the tables.
  options:
    '-c enable_seqscan=off -c enable_mergejoin=off -c enable_hashjoin=off -c jit=off -c plan_cache_mode=force_generic_plan',
});
const settle = (args.batches ? settleTogether : settleEach)(pool, new Date().getUTCFullYear());
const app = Fastify({ logger: false });

app.get('/health', async () => ({ status: 'ok' }));

app.get('/products', async (request) => {
  const { page = '1' } = /** @type {{ page?: string }} */ (request.query);
  const { rows } = await pool.query({ ...LIST_PRODUCTS, values: [(Number(page) - 1) * PAGE_SIZE] });
  return {
    items: rows.map(toProduct),
    page: Number(page),
    perPage: PAGE_SIZE,
    total: rows[0]?.total ?? 0,
    nextCursor: null,
  };
});

app.get('/products/:id', async (request, reply) => {
  const { id } = /** @type {{ id: string }} */ (request.params);
  const { rows } = await pool.query({ ...PRODUCT_BY_ID, values: [id] });
  return rows.length === 0 ? reply.code(404).send({ code: 'product_not_found' }) : toProduct(rows[0]);
});

/**
 * Finished bytes: what the fastest cache could send.
 * @param {string} path
 * @param {string | undefined} file
 */
function serveBytes(path, file) {
  if (file === undefined) return;
  const bytes = readFileSync(file);
  app.get(path, (_request, reply) => {
    reply.header('content-type', JSON_TYPE).send(bytes);
  });
}
serveBytes('/cached/products', args['cached-list']);
serveBytes('/cached/products/:id', args['cached-detail']);

app.post('/cart/items', async (request, reply) => {
  const { productId, quantity } = /** @type {{ productId: string, quantity: number }} */ (request.body);
  const { rows } = await pool.query({
    ...ADD_CART_LINE,
    values: [request.headers['x-account-id'], newId(), productId, quantity],
  });
  if (rows.length === 0) return reply.code(404).send({ code: 'product_not_found' });
  return toCart(rows[0].cart_id, rows);
});

app.delete('/cart', async (request) => {
  await pool.query({ ...EMPTY_CART, values: [request.headers['x-account-id']] });
  return { items: [] };
});

app.post('/delivery-addresses', async (request, reply) => {
  const id = newId();
  await pool.query({ ...STORE_ADDRESS, values: [id, request.headers['x-account-id'], JSON.stringify(request.body)] });
  return reply.code(201).send({ id, ...Object(request.body) });
});

/** What many do to few products at once: a row changed while it was waited for (the guard), or a deadlock. */
const DISTURBED = new Set(['22012', '40P01']);

/** @param {import('pg').QueryConfig} query */
async function untilUndisturbed(query) {
  for (;;) {
    try {
      return await pool.query({ ...query });
    } catch (error) {
      if (!DISTURBED.has(/** @type {{ code?: string }} */ (error).code ?? '')) throw error;
    }
  }
}

app.post('/sales', async (request, reply) => {
  const accountId = request.headers['x-account-id'];
  const { deliveryAddress } = /** @type {{ deliveryAddress: unknown }} */ (request.body);
  const { rows } = await pool.query({ ...CART_TO_PRICE, values: [accountId] });
  if (rows.length === 0) return reply.code(400).send({ code: 'cart_empty' });
  const { id, subtotal, body } = priceSale(rows, deliveryAddress);
  const items = rows.map(({ product_id: productId, sku, quantity }) => ({ productId, sku, quantity }));
  const event = {
    saleId: id,
    number: '',
    userId: accountId,
    status: 'pending',
    currency: CURRENCY,
    total: body.total,
    items,
  };
  const result = await untilUndisturbed({
    ...CHECK_OUT,
    values: [
      accountId,
      request.headers['idempotency-key'],
      hashOf(request.body),
      rows[0].cart_id,
      rows[0].version,
      id,
      newId(),
      newId(),
      rows.map((row) => row.product_id),
      rows.map((row) => row.quantity),
      rows.map((row) => row.price),
      rows.map(newId),
      subtotal,
      JSON.stringify(body.deliveryAddress),
      JSON.stringify(event),
      JSON.stringify(body),
      rows.map(newId),
      CURRENCY,
    ],
  });
  return finished(reply, result.rows[0].body ?? undefined, 'not_sold');
});

app.post('/sales/:id/payments', async (request, reply) => {
  const { id: saleId } = /** @type {{ id: string }} */ (request.params);
  const { provider, method } = /** @type {{ provider: string, method: string }} */ (request.body);
  const payment = {
    id: newId(),
    saleId,
    saleStatus: 'confirmed',
    provider,
    method,
    status: 'completed',
    amount: '',
    currency: CURRENCY,
    failureCode: null,
    createdAt: new Date(),
  };
  const body = await settle({
    id: payment.id,
    saleId,
    accountId: String(request.headers['x-account-id']),
    key: String(request.headers['idempotency-key']),
    hash: hashOf(request.body),
    body: JSON.stringify(payment),
    provider,
    method,
  });
  return finished(reply, body, 'not_payable');
});

/**
 * The answer that was recorded.
 * @param {import('fastify').FastifyReply} reply
 * @param {string | undefined} body
 * @param {string} refusal
 */
function finished(reply, body, refusal) {
  if (body === undefined) return reply.code(409).send({ code: refusal });
  return reply.code(201).header('content-type', JSON_TYPE).send(body);
}

/** @param {unknown} body */
function hashOf(body) {
  return createHash('sha256').update(JSON.stringify(body)).digest();
}

/** @param {number} minor */
function decimal(minor) {
  return `${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
}

/**
 * @typedef {{ product_id: string, sku: string, name: string, price: number, quantity: number }} LineRow
 * @typedef {{ id: string, sku: string, slug: string, name: string, description: string, price: number, stock: number,
 *   version: number, created_at: Date, updated_at: Date, category_id: string | null, category_slug: string,
 *   category_name: string }} ProductRow
 */

/** @param {ProductRow} row */
function toProduct(row) {
  return {
    id: row.id,
    sku: row.sku,
    slug: row.slug,
    name: row.name,
    description: row.description,
    price: decimal(row.price),
    currency: CURRENCY,
    stock: row.stock,
    inStock: row.stock > 0,
    category:
      row.category_id === null ? null : { id: row.category_id, slug: row.category_slug, name: row.category_name },
    attributes: {},
    images: [],
    active: true,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** @param {LineRow} row */
function toLine(row) {
  return {
    productId: row.product_id,
    sku: row.sku,
    name: row.name,
    unitPrice: decimal(row.price),
    quantity: row.quantity,
    lineTotal: decimal(row.price * row.quantity),
  };
}

/**
 * @param {string} id
 * @param {readonly (LineRow & { stock: number })[]} rows
 */
function toCart(id, rows) {
  const total = decimal(sumOf(rows));
  return {
    id,
    items: rows.map((row) => ({ ...toLine(row), available: row.stock >= row.quantity })),
    currency: CURRENCY,
    subtotal: total,
    discount: '0.00',
    shipping: '0.00',
    tax: '0.00',
    total,
    couponCode: null,
    itemCount: rows.reduce((count, row) => count + row.quantity, 0),
  };
}

/** @param {readonly LineRow[]} rows */
function sumOf(rows) {
  return rows.reduce((sum, row) => sum + row.price * row.quantity, 0);
}

/**
 * @param {readonly LineRow[]} rows
 * @param {unknown} deliveryAddress
 */
function priceSale(rows, deliveryAddress) {
  const id = newId();
  const subtotal = sumOf(rows);
  const total = decimal(subtotal);
  const now = new Date();
  const body = {
    id,
    number: '',
    status: 'pending',
    paymentStatus: 'pending',
    currency: CURRENCY,
    items: rows.map((row) => ({ ...toLine(row), discount: '0.00', tax: '0.00', includedTax: '0.00', taxRate: '0' })),
    subtotal: total,
    discount: '0.00',
    shipping: '0.00',
    tax: '0.00',
    pricesIncludeTax: false,
    taxes: [{ rate: '0', base: total, tax: '0.00' }],
    total,
    couponCode: null,
    shippingMethod: null,
    deliveryAddress: { label: null, line2: null, phone: null, ...Object(deliveryAddress) },
    trackingNumber: null,
    carrier: null,
    invoiceId: null,
    placedAt: now,
    updatedAt: now,
    expiresAt: new Date(now.getTime() + 900_000),
  };
  return { id, subtotal, body };
}

const address = await app.listen({ host: '127.0.0.1', port: Number(args.port) });
process.stdout.write(`reference on ${address}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await app.close();
    await pool.end();
  });
}
