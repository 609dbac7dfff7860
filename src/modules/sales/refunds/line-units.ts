import { type FieldProblem, InvalidInput } from '../../../common/domain-error.js';

/** So many pieces of a product of a sale. */
export interface UnitsOfProduct {
  readonly productId: string;
  readonly quantity: number;
}

/** A line of a sale, and how many of its pieces may still be taken. */
export interface AvailableLine {
  readonly lineNo: number;
  readonly productId: string;
  readonly available: number;
}

/** Pieces by the number of their line, and what was asked for beyond what there is. */
export interface TakenUnits {
  readonly units: ReadonlyMap<number, number>;
  readonly problems: readonly FieldProblem[];
}

/**
 * Finds the lines of a sale that products are meant by. A product on two lines is taken from the first as far as it
 * goes; named twice, it is taken twice.
 * @throws {InvalidInput} naming the `productId` that is not in the sale
 */
export function takeUnits(items: readonly UnitsOfProduct[], lines: readonly AvailableLine[]): TakenUnits {
  const left = new Map(lines.map(({ lineNo, available }) => [lineNo, available]));
  const units = new Map<number, number>();
  const problems: FieldProblem[] = [];
  const unknown: FieldProblem[] = [];
  items.forEach(({ productId: asked, quantity }, index) => {
    const productId = asked.toLowerCase();
    const own = lines.filter((line) => line.productId === productId);
    if (own.length === 0) unknown.push({ path: `items.${index}.productId`, message: 'is not in this sale' });
    const available = own.reduce((sum, { lineNo }) => sum + (left.get(lineNo) ?? 0), 0);
    if (own.length > 0 && quantity > available) {
      const message = `only ${available} of them are left`;
      problems.push({ path: `items.${index}.quantity`, message, productId, requested: quantity, available });
    }
    let open = quantity;
    for (const { lineNo } of own) {
      const taken = Math.min(open, left.get(lineNo) ?? 0);
      if (taken === 0) continue;
      left.set(lineNo, (left.get(lineNo) ?? 0) - taken);
      units.set(lineNo, (units.get(lineNo) ?? 0) + taken);
      open -= taken;
    }
  });
  if (unknown.length > 0) throw new InvalidInput(unknown);
  return { units, problems };
}
