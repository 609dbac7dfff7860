import { withClient } from './postgres.mjs';

/** Categories of each level of the tree, from its roots; as many as a large electronics shop has. */
const LEVELS = [20, 120, 600, 1_400, 1_500, 944];
const WORDS = 8_000;
const ROWS_A_STATEMENT = 20_000;

const NOUNS =
  'lamp chair table sofa mug plate bowl knife fork spoon kettle toaster blender mixer oven fridge desk shelf drawer bed pillow blanket curtain rug mirror clock vase candle frame basket tray jar bottle glass cup pan pot lid brush comb towel soap phone tablet laptop monitor keyboard mouse cable charger battery speaker headset camera lens tripod printer scanner router drive watch strap ring chain wallet belt bag pack tent stove torch rope boot glove scarf hat coat jacket shirt sock bike pump helmet ball racket net puzzle doll block kite drum guitar flute book pen pencil ink paper folder stapler tape glue drill saw hammer wrench screw nail bolt hinge hose rake spade pot seed'.split(
    ' ',
  );
const ADJECTIVES =
  'oak linen copper ivory woven slate amber folded walnut matte steel brass cotton leather glass marble ceramic bamboo velvet silver black white green blue red grey small large slim tall round square compact portable cordless wireless smart classic modern rustic vintage deluxe basic heavy light soft firm quiet bright'.split(
    ' ',
  );
const FILLERS =
  'the with for and made from fits your home every day ideal use easy clean long lasting quality design finish comes set pieces'.split(
    ' ',
  );
const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu bran stel mor fin gal ter'.split(' ');

/**
 * A vocabulary in the order of how often its words occur: made of the same words every time.
 * @returns {string[]}
 */
function vocabulary() {
  const words = new Set([...FILLERS, ...NOUNS, ...ADJECTIVES]);
  for (let index = 1; words.size < WORDS; index += 1) {
    let rest = index * 7_919;
    let word = '';
    for (let syllable = 0; syllable < 2 + (index % 3); syllable += 1) {
      word += SYLLABLES[rest % SYLLABLES.length];
      rest = Math.trunc(rest / SYLLABLES.length);
    }
    words.add(word);
  }
  return [...words];
}

/** Draws word after word, the n-th about 1/n as often as the first; anew for each row, since it hangs off the row. */
const zipf = (/** @type {string} */ words, /** @type {string} */ count) => `(
  SELECT string_agg((${words})[1 + floor(exp(random() * ln(cardinality(${words}))))::int - 1], ' ')
  FROM generate_series(1, ${count} + (n - n)))`;

const PRODUCTS = `
INSERT INTO products (id, sku, slug, name, description, price, currency, stock, category_id, attributes, images, active,
  version, created_at, updated_at)
SELECT id, sku, 'p-' || n, name, description, price, 'USD', stock, category_id, attributes, images, true, 1, at, at
FROM (
  SELECT n,
    (lpad(to_hex(1700000000000 + n * 977), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
      || substr(md5(n::text), 4, 15))::uuid AS id,
    upper(substr(md5(n::text), 1, 3)) || '-' || lpad(n::text, 8, '0') AS sku,
    initcap(($4::text[])[1 + floor(power(random(), 2) * cardinality($4::text[]))::int]) || ' '
      || initcap(($3::text[])[1 + floor(power(random(), 2) * cardinality($3::text[]))::int]) || ' '
      || ${zipf('$5::text[]', '1 + n % 3')} || ' ' || (n % 997) AS name,
    initcap(${zipf('$5::text[]', '12 + n % 20')}) || '.' AS description,
    (99 + floor(exp(random() * 7) * 100))::bigint AS price,
    CASE WHEN random() < 0.05 THEN 0 ELSE 1 + floor(random() * 500)::int END AS stock,
    ($6::uuid[])[1 + floor(random() * cardinality($6::uuid[]))::int] AS category_id,
    jsonb_build_object('colour', ($4::text[])[1 + n % cardinality($4::text[])], 'weight', (n % 900) || ' g') AS attributes,
    jsonb_build_array('/images/' || n || '.webp') AS images,
    timestamptz '2023-11-14 22:13:20Z' + n * interval '977 ms' AS at
  FROM generate_series($1::bigint, $2::bigint) AS n
) made`;

const CATEGORIES = `
INSERT INTO categories (id, parent_id, slug, name, created_at, updated_at)
SELECT gen_random_uuid(), (SELECT array_agg(id ORDER BY slug) FROM categories WHERE slug LIKE 'level-' || ($1::int - 1) || '-%')
    [1 + n % greatest($3::int, 1)],
  'level-' || ($1::int)::text || '-' || n, initcap(($4::text[])[1 + (n * 31 + $1::int) % cardinality($4::text[])]) || ' ' || n, now(), now()
FROM generate_series(1, $2::int) AS n`;

/**
 * Fills a migrated database with a catalogue of a size: six levels of categories, words as unevenly spread as in any
 * language, one product in twenty out of stock. The triggers keep what lists read; its indexes are built at the end.
 * @param {string} url of the owner of the schema
 * @param {number} count
 * @param {(text: string) => void} progress
 */
export async function fillLargeCatalogue(url, count, progress) {
  const words = vocabulary();
  await withClient(url, async (client) => {
    await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'`);
    await client.query('SELECT setseed(0.42)');
    for (const [level, size] of LEVELS.entries()) {
      await client.query(CATEGORIES, [level, size, LEVELS[level - 1] ?? 0, words.slice(FILLERS.length)]);
    }
    const categories = (await client.query('SELECT id FROM categories')).rows.map(({ id }) => id);
    const { rows: indexes } = await client.query(
      `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
       WHERE tablename = 'catalogue_entries' AND indexname <> 'catalogue_entries_pkey'`,
    );
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    for (let first = 1; first <= count; first += ROWS_A_STATEMENT) {
      const last = Math.min(first + ROWS_A_STATEMENT - 1, count);
      await client.query(PRODUCTS, [first, last, NOUNS, ADJECTIVES, words, categories]);
      progress(`${last} of ${count} products`);
    }
    for (const { name, definition } of indexes) {
      progress(`indexes of ${count} products: ${name}`);
      await client.query(definition);
    }
    await client.query('VACUUM (ANALYZE)');
  });
  return { words };
}
