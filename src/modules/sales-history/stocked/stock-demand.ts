import { groupBy } from '../../../common/group-by.js';
import type { RefusedRow } from '../../products/imports.api.js';
import type { SaleLine } from '../reading/sale-line.js';

/** What there is of a product. */
export interface Level {
  readonly id: string;
  readonly sku: string;
  readonly stock: number;
}

/** Units of a product that a sale takes; the sale has no id yet. */
export interface Demand {
  readonly number: string;
  readonly productId: string;
  readonly units: number;
}

/** How the stock that there is was given out. */
export interface Shared {
  readonly demands: readonly Demand[];
  readonly refused: readonly RefusedRow[];
}

/**
 * Gives stock out to sales in their order: each gets all it asks for, or nothing, and then all its rows are refused.
 * @param sales lines of one sale each; none is empty
 * @param spent units by product id that others have had meanwhile
 */
export function shareOut(
  sales: readonly (readonly SaleLine[])[],
  levels: readonly Level[],
  spent: ReadonlyMap<string, number>,
): Shared {
  const left = new Map(levels.map(({ id, sku, stock }) => [sku, { id, units: stock - (spent.get(id) ?? 0) }]));
  const demands: Demand[] = [];
  const refused: RefusedRow[] = [];
  for (const lines of sales) {
    const bySku = [...groupBy(lines, ({ sku }) => sku)].map(([sku, of]) => ({
      sku,
      of,
      units: of.reduce((sum, { quantity }) => sum + quantity, 0),
    }));
    const short = bySku.filter(({ sku, units }) => units > (left.get(sku)?.units ?? 0));
    if (short.length > 0) {
      const reasons = new Map(short.map(({ sku, units }) => [sku, reasonOf(sku, units, left.get(sku)?.units)]));
      refused.push(...refusals(lines, reasons));
      continue;
    }
    for (const { sku, of, units } of bySku) {
      const level = left.get(sku);
      if (level === undefined) continue;
      level.units -= units;
      demands.push({ number: of[0]?.number ?? '', productId: level.id, units });
    }
  }
  return { demands, refused };
}

function reasonOf(sku: string, asked: number, there: number | undefined): string {
  if (there === undefined) return `${asked} are asked of ${JSON.stringify(sku)}, which is no product with stock`;
  return `${asked} are asked of ${JSON.stringify(sku)}, of which there are ${Math.max(there, 0)}`;
}

/** The rows that ask for too much say so, and the others of their sale name the first of them. */
function refusals(lines: readonly SaleLine[], reasons: ReadonlyMap<string, string>): RefusedRow[] {
  const cause = lines.find(({ sku }) => reasons.has(sku))?.line ?? 0;
  return lines.map(({ line, sku }) => {
    const reason = reasons.get(sku);
    if (reason !== undefined) return { line, column: 'quantity', code: 'insufficient_stock', reason };
    return {
      line,
      column: 'number',
      code: 'sale_refused',
      reason: `Its sale is refused whole because of line ${cause}`,
    };
  });
}
