import { parseArgs } from 'node:util';
import pg from 'pg';
import { environment, startApplication, startReplica } from './support/application.mjs';
import { benchCatalogue } from './support/catalogue.mjs';
import { runToEnd } from './support/child-process.mjs';
import { runProgram } from './support/cleanup.mjs';
import { HttpConnection } from './support/http-connection.mjs';
import { openStage } from './support/stage.mjs';
import { checkOut } from './support/workloads.mjs';

const USAGE = `Buys as several shoppers at once, who are spread over two replicas, and then looks at the books: every rule of
\`make reconcile\` holds, every purchase was paid, and the numbers of sales and invoices have no gap. Exit 1 otherwise.

  node bench/sales.mjs [--sales 10000] [--shoppers 16] [--products 500]
`;

const STOCK = 1_000_000;
const REPLICAS = 2;

const { values } = parseArgs({
  options: {
    sales: { type: 'string', default: '10000' },
    shoppers: { type: 'string', default: '16' },
    products: { type: 'string', default: '500' },
    help: { type: 'boolean', default: false },
  },
});

/**
 * @param {readonly string[]} origins
 * @param {import('./support/workloads.mjs').Dialect} dialect
 * @param {{ sales: number, shoppers: number }} amounts
 */
async function buy(origins, dialect, { sales, shoppers }) {
  const workload = checkOut(dialect);
  let begun = 0;
  await Promise.all(
    Array.from({ length: shoppers }, async (_, shopper) => {
      const connection = new HttpConnection(/** @type {string} */ (origins[shopper % origins.length]));
      const purchase = workload(connection, shopper);
      while (begun < sales) {
        begun += 1;
        await purchase();
      }
      connection.close();
    }),
  );
}

/**
 * @param {string} databaseUrl
 * @returns {Promise<Record<string, number>>}
 */
async function booksOf(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT (SELECT count(*)::int FROM sales) AS sales,
         (SELECT count(*)::int FROM sales WHERE status = 'confirmed' AND payment_status = 'completed') AS paid,
         (SELECT count(DISTINCT number)::int FROM invoices) AS invoices,
         (SELECT max(right(number, 6)::int) FROM invoices) AS "lastInvoice",
         (SELECT count(*)::int FROM products WHERE stock < 0) AS oversold,
         (SELECT sum(quantity)::int FROM sale_items) AS units,
         (SELECT sum($1 - stock)::int FROM products) AS "unitsGone",
         (SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()) AS deadlocks`,
      [STOCK],
    );
    return rows[0];
  } finally {
    await client.end();
  }
}

await runProgram(async (cleanup) => {
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const amounts = { sales: Number(values.sales), shoppers: Number(values.shoppers) };
  const { root, workDir, databaseUrl } = await openStage(cleanup);
  const shared = { root, workDir, databaseUrl, cleanup };
  const products = benchCatalogue(Number(values.products)).map((product) => ({ ...product, stock: STOCK }));
  const { server, dialect } = await startApplication({ ...shared, products, customers: amounts.shoppers });
  const others = await Promise.all(Array.from({ length: REPLICAS - 1 }, () => startReplica(shared)));
  const started = performance.now();
  await buy([server.origin, ...others.map(({ origin }) => origin)], dialect, amounts);
  const seconds = (performance.now() - started) / 1_000;
  process.stdout.write(`${amounts.sales} sales on ${REPLICAS} replicas, ${(amounts.sales / seconds).toFixed(0)}/s\n`);

  const books = await booksOf(databaseUrl);
  process.stdout.write(`${JSON.stringify(books)}\n`);
  const env = environment(workDir, databaseUrl);
  process.stdout.write(`${await runToEnd({ args: ['dist/src/cli/reconcile.js'], cwd: root, env, cleanup })}\n`);
  const { sales, paid, invoices, lastInvoice, oversold, units, unitsGone } = books;
  const isWhole =
    [sales, paid, invoices, lastInvoice].every((count) => count === amounts.sales) &&
    oversold === 0 &&
    units === unitsGone;
  if (!isWhole) process.stdout.write('The books do not add up.\n');
  return isWhole ? 0 : 1;
});
