const ADJECTIVES = ['Oak', 'Linen', 'Copper', 'Ivory', 'Woven', 'Slate', 'Amber', 'Folded', 'Walnut', 'Matte'];
const NOUNS = ['Lantern', 'Teapot', 'Cushion', 'Clock', 'Basket', 'Mirror', 'Vase', 'Blanket', 'Tray', 'Candle'];
const ROOMS = ['Kitchen', 'Bath', 'Bedroom', 'Garden', 'Office', 'Hall', 'Dining', 'Nursery', 'Studio', 'Attic'];

/** @typedef {{ sku: string, name: string, description: string, category: string, priceMinor: number, stock: number }} BenchProduct */

/**
 * The products that both servers are filled with: the same every time, so that runs compare.
 * @param {number} count
 * @returns {BenchProduct[]}
 */
export function benchCatalogue(count) {
  return Array.from({ length: count }, (_, index) => {
    const adjective = ADJECTIVES[index % 10];
    const noun = NOUNS[Math.trunc(index / 10) % 10];
    const room = ROOMS[Math.trunc(index / 100) % 10];
    return {
      sku: `BENCH-${String(index + 1).padStart(5, '0')}`,
      name: `${adjective} ${noun} for the ${room} No. ${index + 1}`,
      description: `${adjective} ${noun?.toLowerCase()} made to last, sized for the ${room?.toLowerCase()}. Ships flat.`,
      category: `${room} ${index % 2 === 0 ? 'essentials' : 'accents'}`,
      priceMinor: 199 + ((index * 7919) % 19_800),
      stock: 1_000_000,
    };
  });
}

/** @param {number} minor an amount of a currency with two minor digits */
export function formatMinor(minor) {
  return `${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
}

/**
 * The catalogue as the file that the import command reads.
 * @param {readonly BenchProduct[]} products
 */
export function catalogueCsv(products) {
  const rows = products.map((product) =>
    [product.sku, product.name, formatMinor(product.priceMinor), product.stock, product.description, product.category]
      .map(csvField)
      .join(','),
  );
  return `sku,name,price,stock,description,category\r\n${rows.join('\r\n')}\r\n`;
}

/**
 * Quotes where RFC 4180 asks for it.
 * @param {string | number | bigint} value
 */
export function csvField(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
