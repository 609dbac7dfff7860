import { parseArgs } from 'node:util';
import Fastify from 'fastify';
import pg from 'pg';

/**
 * The yardstick of catalogue reads: bare Fastify, and one prepared statement a request, over the same tables. It knows
 * no filters, no relevance, no validation and no cache, and must never be exposed.
 */
const { values: args } = parseArgs({
  options: {
    database: { type: 'string' },
    port: { type: 'string', default: '0' },
    connections: { type: 'string', default: '10' },
  },
});

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({
  connectionString: args.database,
  max: Number(args.connections),
  // As the application's: no connection is opened anew because another server was measured for a while.
  idleTimeoutMillis: 600_000,
  options: '-c enable_seqscan=off -c jit=off',
});
const app = Fastify({ logger: false });

const PRODUCT = `p.id, p.sku, p.slug, p.name, p.description, p.price, p.currency, p.stock, p.attributes, p.images, p.active,
  p.version, p.created_at, p.updated_at, p.regular_price, p.sale_price, p.sale_from, p.sale_to, p.group_id, p.options, c.id AS category_id, c.slug AS category_slug, c.name AS category_name`;
const TOTAL = '(SELECT sum(products) FROM catalogue_counts WHERE whole) AS total';

/** @type {Record<string, string>} */
const ORDERS = {
  price: 'price, product_id',
  '-price': 'price DESC, product_id DESC',
  name: 'name, product_id',
  '-name': 'name DESC, product_id DESC',
  createdAt: 'created_at, product_id',
  '-createdAt': 'created_at DESC, product_id DESC',
};

const DETAIL = {
  name: 'detail',
  text: `SELECT ${PRODUCT} FROM products p LEFT JOIN categories c ON c.id = p.category_id
   WHERE p.id = $1 AND p.active AND p.archived_at IS NULL`,
};
const SEARCH = {
  name: 'search',
  text: `SELECT ${PRODUCT} FROM (
     SELECT product_id, number FROM catalogue_entries WHERE document @@ to_tsquery('simple', $1) ORDER BY number DESC LIMIT 20
   ) page JOIN products p ON p.id = page.product_id LEFT JOIN categories c ON c.id = p.category_id
   ORDER BY page.number DESC`,
};

app.get('/health', async () => ({ status: 'ok' }));

app.get('/api/products', async (request) => {
  const query = /** @type {{ sort?: string, page?: string, perPage?: string, q?: string }} */ (request.query);
  const { sort = '-createdAt', page = '1', perPage = '20', q } = query;
  if (q !== undefined) {
    const words = q.match(/[\p{L}\p{N}]+/gu) ?? [];
    const { rows } = await pool.query({ ...SEARCH, values: [`${words.join(' & ')}:*`] });
    return { items: rows.map(toProduct), nextCursor: null };
  }
  const order = ORDERS[sort] ?? ORDERS['-createdAt'];
  const { rows } = await pool.query({
    name: `list ${order}`,
    text: `SELECT ${PRODUCT}, ${TOTAL} FROM (
       SELECT product_id, row_number() OVER () AS place FROM (
         SELECT product_id FROM catalogue_entries ORDER BY ${order} LIMIT $1 OFFSET $2) found
     ) page JOIN products p ON p.id = page.product_id LEFT JOIN categories c ON c.id = p.category_id ORDER BY page.place`,
    values: [Number(perPage), (Number(page) - 1) * Number(perPage)],
  });
  const total = rows[0]?.total ?? 0;
  return { items: rows.map(toProduct), page: Number(page), perPage: Number(perPage), total, nextCursor: null };
});

app.get('/api/products/:id', async (request, reply) => {
  const { id } = /** @type {{ id: string }} */ (request.params);
  const { rows } = await pool.query({ ...DETAIL, values: [id] });
  return rows.length === 0 ? reply.code(404).send({ code: 'product_not_found' }) : toProduct(rows[0]);
});

/** @param {number} minor */
const toMoney = (minor) => (minor / 100).toFixed(2);

/** @param {Record<string, any>} row */
function toProduct(row) {
  return {
    id: row.id,
    sku: row.sku,
    slug: row.slug,
    name: row.name,
    description: row.description,
    price: toMoney(row.price),
    regularPrice: toMoney(row.regular_price ?? row.price),
    salePrice:
      row.sale_price === null ? null : { price: toMoney(row.sale_price), from: row.sale_from, to: row.sale_to },
    currency: row.currency,
    stock: row.stock,
    inStock: row.stock > 0,
    category:
      row.category_id === null ? null : { id: row.category_id, slug: row.category_slug, name: row.category_name },
    attributes: row.attributes,
    groupId: row.group_id,
    options: row.options,
    images: row.images,
    active: row.active,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const address = await app.listen({ host: '127.0.0.1', port: Number(args.port) });
process.stdout.write(`reference on ${address}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await app.close();
    await pool.end();
  });
}
