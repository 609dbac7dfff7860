import { withApplication } from './context.js';
import { seedShop } from './seed-shop.js';

await withApplication(async (app) => {
  const { products, categories } = await seedShop(app);
  const made = `Made ${products} products in ${categories} categories.`;
  process.stdout.write(`${products === 0 ? 'The catalogue has products already; nothing was added.' : made}\n`);
});
