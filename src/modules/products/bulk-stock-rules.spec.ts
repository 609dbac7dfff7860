import { type AskedLine, type BulkMode, checkLines, type HeldLevel, planLines } from './bulk-stock-rules.js';
import type { ManualReason } from './stock-rules.js';

const A: HeldLevel = { id: '0199aaaa-0000-7000-8000-00000000000a', sku: 'A', stock: 5 };
const B: HeldLevel = { id: '0199aaaa-0000-7000-8000-00000000000b', sku: 'B', stock: 0 };

const paths = (work: () => unknown): { kind?: string; code?: string; paths?: string[] } => {
  try {
    work();
    return {};
  } catch (error) {
    const { kind, code, problems } = error as { kind: string; code: string; problems: { path: string }[] };
    return { kind, code, paths: problems.map(({ path }) => path) };
  }
};

test.each<[BulkMode, ManualReason, AskedLine, string[]]>([
  ['set', 'adjustment', { productId: A.id, quantity: 0 }, []],
  ['adjust', 'receipt', { sku: 'A', delta: 3 }, []],
  ['adjust', 'adjustment', { sku: 'A', delta: -3 }, []],
  ['adjust', 'adjustment', { delta: 1 }, ['items.0.productId']],
  ['adjust', 'adjustment', { productId: A.id, sku: 'A', delta: 1 }, ['items.0.sku']],
  ['adjust', 'adjustment', { sku: 'A' }, ['items.0.delta']],
  ['adjust', 'adjustment', { sku: 'A', delta: 0 }, ['items.0.delta']],
  ['adjust', 'adjustment', { sku: 'A', delta: 1, quantity: 1 }, ['items.0.quantity']],
  ['adjust', 'receipt', { sku: 'A', delta: -1 }, ['items.0.delta']],
  ['adjust', 'return', { sku: 'A', delta: -1 }, ['items.0.delta']],
  ['set', 'adjustment', { sku: 'A' }, ['items.0.quantity']],
  ['set', 'adjustment', { sku: 'A', quantity: 1, delta: 1 }, ['items.0.delta']],
  ['set', 'receipt', { sku: 'A', quantity: 1 }, ['reason']],
])('in mode %s for a(n) %s, %j is refused at %j', (mode, reason, line, refused) => {
  const thrown = paths(() => checkLines(mode, reason, [line]));
  expect(thrown.paths ?? []).toEqual(refused);
});

test('every line that is not fit is named, up to a hundred', () => {
  const lines = Array.from({ length: 300 }, () => ({ sku: 'A' }));
  expect(paths(() => checkLines('set', 'adjustment', lines)).paths).toHaveLength(100);
});

test('a line changes its product by the delta, or by what is missing to the level', () => {
  const plan = planLines(
    [
      { sku: 'B', quantity: 7 },
      { productId: A.id.toUpperCase(), delta: -5 },
    ],
    [A, B],
  );
  expect(plan).toEqual([
    { product: B, delta: 7 },
    { product: A, delta: -5 },
  ]);
});

test('a product is named once, by its id or its SKU', () => {
  const lines = [
    { sku: 'A', delta: 1 },
    { sku: 'B', delta: 1 },
    { productId: A.id, delta: 1 },
  ];
  expect(paths(() => planLines(lines, [A, B]))).toMatchObject({ kind: 'invalid', paths: ['items.2.productId'] });
  const unknown = [
    { sku: 'X', delta: 1 },
    { sku: 'X', delta: 1 },
  ];
  expect(paths(() => planLines(unknown, []))).toMatchObject({ kind: 'invalid', paths: ['items.1.sku'] });
});

test('unknown products are told before what there is too little of, and all of them', () => {
  const lines = [
    { sku: 'X', delta: 1 },
    { sku: 'A', delta: -9 },
    { productId: B.id, delta: 1 },
  ];
  expect(paths(() => planLines(lines, [A]))).toEqual({
    kind: 'not_found',
    code: 'product_not_found',
    paths: ['items.0.sku', 'items.2.productId'],
  });
});

test('no level falls below zero or rises beyond the highest', () => {
  expect(
    paths(() =>
      planLines(
        [
          { sku: 'A', delta: -6 },
          { sku: 'B', delta: -1 },
        ],
        [A, B],
      ),
    ),
  ).toEqual({
    kind: 'conflict',
    code: 'insufficient_stock',
    paths: ['items.0.delta', 'items.1.delta'],
  });
  expect(paths(() => planLines([{ sku: 'A', delta: 999_999_996 }], [A]))).toMatchObject({
    kind: 'invalid',
    paths: ['items.0.delta'],
  });
});
