import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { newId } from './ids.mjs';

/**
 * Makes the reference's schema in an empty database and fills it.
 * @param {string} databaseUrl
 * @param {readonly import('../support/catalogue.mjs').BenchProduct[]} products
 * @param {number} customers
 * @returns {Promise<{ productIds: string[], accountIds: string[] }>} the products' ids in the given order
 */
export async function fillReference(databaseUrl, products, customers) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(await readFile(new URL('./schema.sql', import.meta.url), 'utf8'));
    const categories = await insertCategories(client, products);
    const productIds = products.map(newId);
    await insertProducts(client, products, productIds, categories);
    const accountIds = Array.from({ length: customers }, newId);
    await client.query(
      `INSERT INTO account (id, email, name) SELECT id, 'account-' || n || '@bench.example', 'Account ' || n
       FROM unnest($1::uuid[]) WITH ORDINALITY AS account (id, n)`,
      [accountIds],
    );
    await client.query('INSERT INTO invoice_counter VALUES ($1, 0)', [new Date().getUTCFullYear()]);
    // Statements prepared before the first ANALYZE would keep plans made for empty tables.
    await client.query('VACUUM (ANALYZE)');
    return { productIds, accountIds };
  } finally {
    await client.end();
  }
}

/**
 * @param {pg.Client} client
 * @param {readonly import('../support/catalogue.mjs').BenchProduct[]} products
 */
async function insertCategories(client, products) {
  const ids = new Map([...new Set(products.map(({ category }) => category))].map((name) => [name, newId()]));
  await client.query(
    `INSERT INTO category (id, slug, name) SELECT id, lower(replace(name, ' ', '-')), name
     FROM unnest($1::uuid[], $2::text[]) AS category (id, name)`,
    [[...ids.values()], [...ids.keys()]],
  );
  return ids;
}

/**
 * @param {pg.Client} client
 * @param {readonly import('../support/catalogue.mjs').BenchProduct[]} products
 * @param {readonly string[]} productIds
 * @param {ReadonlyMap<string, string>} categories
 */
async function insertProducts(client, products, productIds, categories) {
  await client.query(
    `INSERT INTO product (id, sku, slug, name, description, category_id, price, stock)
     SELECT id, sku, lower(regexp_replace(name, '[^A-Za-z0-9]+', '-', 'g')), name, description, category_id, price, stock
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::integer[])
       AS product (id, sku, name, description, category_id, price, stock)`,
    [
      productIds,
      products.map(({ sku }) => sku),
      products.map(({ name }) => name),
      products.map(({ description }) => description),
      products.map(({ category }) => categories.get(category)),
      products.map(({ priceMinor }) => priceMinor),
      products.map(({ stock }) => stock),
    ],
  );
}
