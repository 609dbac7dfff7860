import { Readable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { EXAMPLE_PRODUCT_ID } from '../common/examples.js';
import { formatMoney, minorDigits } from '../common/money.js';
import { CONFIG, type Config } from '../config/config.js';
import { CategoriesService } from '../modules/products/categories.service.js';
import { CatalogueImportService } from '../modules/products/import/catalogue-import.service.js';
import { ProductsService } from '../modules/products/products.service.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { SEED_CATEGORIES, SEED_PRODUCTS, type SeedProduct } from './seed-products.js';

/** What was made; nothing where the shop had products already. */
export interface SeedReport {
  readonly products: number;
  readonly categories: number;
}

/** Fills an empty catalogue with an example shop; one that has ever had a product is left as it is. */
export async function seedShop(app: INestApplicationContext): Promise<SeedReport> {
  const catalogue = app.get(CatalogueImportService);
  if (!(await catalogue.isEmpty())) return { products: 0, categories: 0 };
  // At once: a shop that has some of it is not filled again.
  return app.get(UnitOfWork).run(async () => {
    const categories = await makeCategories(app.get(CategoriesService));
    const { STORE_CURRENCY: currency } = app.get<Config>(CONFIG);
    const [first, ...rows] = SEED_PRODUCTS.map((product) => rowOf(product, currency));
    if (first !== undefined) await app.get(ProductsService).create(first, null, EXAMPLE_PRODUCT_ID);
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
    const report = await catalogue.run(Readable.from([Buffer.from(lines.join(''))]), { format: 'ndjson' });
    return { products: 1 + report.created, categories: categories + report.categories };
  });
}

/** Makes the categories of which there is none of the same name at the same place yet; tells how many. */
async function makeCategories(service: CategoriesService): Promise<number> {
  const ids = await service.idsByName();
  let made = 0;
  for (const { name, parent } of SEED_CATEGORIES) {
    if (ids.has(name)) continue;
    const { id } = await service.create({ name, parentId: parent === undefined ? null : (ids.get(parent) ?? null) });
    ids.set(name, id);
    made += 1;
  }
  return made;
}

function rowOf({ cents, ...product }: SeedProduct, currency: string) {
  const minor = BigInt(cents) * 10n ** BigInt(Math.max(0, minorDigits(currency) - 2));
  return { ...product, price: formatMoney(minor, currency) };
}
