import { type FieldProblem, InvalidInput } from '../../common/domain-error.js';
import { STOCK_MAX } from './product.fields.js';
import { BulkInsufficientStock, BulkProductsNotFound } from './products.errors.js';
import type { ManualReason } from './stock-rules.js';

export const BULK_MODES = ['set', 'adjust'] as const;
export type BulkMode = (typeof BULK_MODES)[number];

/** Most lines of one request. */
export const BULK_MAX = 1_000;

/** A line of a bulk update as it was asked for. */
export interface AskedLine {
  readonly productId?: string | undefined;
  readonly sku?: string | undefined;
  readonly quantity?: number | undefined;
  readonly delta?: number | undefined;
}

/** A product whose level cannot change until the transaction ends. */
export interface HeldLevel {
  readonly id: string;
  readonly sku: string;
  readonly stock: number;
}

/** A line with the product that it means, and what it changes. */
export interface PlannedLine {
  readonly product: HeldLevel;
  readonly delta: number;
}

const problem = (index: number, field: string, message: string, more: object = {}): FieldProblem => ({
  path: `items.${index}.${field}`,
  message,
  ...more,
});

/**
 * Looks at what can be told without the products.
 * @throws {InvalidInput} naming each line that is not fit
 */
export function checkLines(mode: BulkMode, reason: ManualReason, lines: readonly AskedLine[]): void {
  if (mode === 'set' && reason !== 'adjustment') {
    throw InvalidInput.field('reason', 'must be adjustment with mode set');
  }
  refuse(lines.flatMap((line, index) => [...nameProblems(line, index), ...amountProblems(mode, reason, line, index)]));
}

function nameProblems({ productId, sku }: AskedLine, index: number): FieldProblem[] {
  if (productId === undefined && sku === undefined) return [problem(index, 'productId', 'or sku is needed')];
  if (productId !== undefined && sku !== undefined)
    return [problem(index, 'sku', 'is not for a line with a productId')];
  return [];
}

function amountProblems(mode: BulkMode, reason: ManualReason, line: AskedLine, index: number): FieldProblem[] {
  const [wanted, other] = mode === 'set' ? (['quantity', 'delta'] as const) : (['delta', 'quantity'] as const);
  const problems: FieldProblem[] = [];
  if (line[wanted] === undefined) problems.push(problem(index, wanted, `is needed with mode ${mode}`));
  if (line[other] !== undefined) problems.push(problem(index, other, `is not for mode ${mode}`));
  const { delta } = line;
  if (mode === 'adjust' && delta === 0) problems.push(problem(index, 'delta', 'must not be 0'));
  if (mode === 'adjust' && delta !== undefined && delta < 0 && reason !== 'adjustment') {
    problems.push(problem(index, 'delta', `must be more than 0 for a ${reason}`));
  }
  return problems;
}

/**
 * What the lines change, in their order.
 * @param held the products that they name, as far as there are any
 * @throws {InvalidInput} where a product is named twice or would have too much
 * @throws {BulkProductsNotFound} {@link BulkInsufficientStock} naming each such line
 */
export function planLines(lines: readonly AskedLine[], held: readonly HeldLevel[]): PlannedLine[] {
  const byId = new Map(held.map((product) => [product.id, product]));
  const bySku = new Map(held.map((product) => [product.sku, product]));
  const found = lines.map(({ productId, sku }) =>
    productId === undefined ? bySku.get(sku ?? '') : byId.get(productId.toLowerCase()),
  );
  refuse(duplicates(lines, found));
  const missing = lines.flatMap(({ productId }, index) =>
    found[index] === undefined
      ? [problem(index, productId === undefined ? 'sku' : 'productId', 'names no product')]
      : [],
  );
  if (missing.length > 0) throw new BulkProductsNotFound(missing.slice(0, MAX_PROBLEMS));
  const planned = found.flatMap((product, index) => {
    const { quantity, delta = (quantity ?? 0) - (product?.stock ?? 0) } = lines[index] ?? {};
    return product === undefined ? [] : [{ product, delta }];
  });
  checkLevels(planned);
  return planned;
}

/** Of the first line of each product a later one is a repetition, whichever way they name it. */
function duplicates(lines: readonly AskedLine[], found: readonly (HeldLevel | undefined)[]): FieldProblem[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ productId, sku }, index) => {
    const key = found[index]?.id ?? productId?.toLowerCase() ?? `sku ${sku}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    const field = productId === undefined ? 'sku' : 'productId';
    return earlier === undefined ? [] : [problem(index, field, `is the product of items.${earlier} again`)];
  });
}

function checkLevels(planned: readonly PlannedLine[]): void {
  const levels = planned.map(({ product, delta }) => product.stock + delta);
  refuse(
    levels.flatMap((level, index) =>
      level > STOCK_MAX ? [problem(index, 'delta', `would take the stock above ${STOCK_MAX}`)] : [],
    ),
  );
  const short = planned.flatMap(({ product: { id: productId, stock: available }, delta }, index) => {
    const facts = { productId, requested: -delta, available };
    return available + delta < 0 ? [problem(index, 'delta', 'takes more than there is', facts)] : [];
  });
  if (short.length > 0) throw new BulkInsufficientStock(short.slice(0, MAX_PROBLEMS));
}

/** More than anyone reads. */
const MAX_PROBLEMS = 100;

function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw new InvalidInput(problems.slice(0, MAX_PROBLEMS));
}
