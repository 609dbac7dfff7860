import { productRow as row } from '../../../../test/factories/product-row.js';
import { Clock } from '../../../common/clock.js';
import type { Change } from '../../../platform/coherence/change.js';
import type { ProductRow } from '../product-row.js';
import { CatalogueMemory } from './catalogue-memory.js';
import { fragmentOf } from './fragment.js';

class HandClock extends Clock {
  at = 1_000_000;
  now(): Date {
    return new Date(this.at);
  }
}

const page = (ids: string[], byStock = false) => ({
  ids,
  tail: Buffer.from(`],"total":${ids.length}}`),
  position: undefined,
  byStock,
});

let clock: HandClock;
let memory: CatalogueMemory;
beforeEach(() => {
  clock = new HandClock();
  memory = new CatalogueMemory(clock, () => 0);
});

function keep(...rows: ProductRow[]): void {
  for (const one of rows) memory.keepProduct(fragmentOf(one), memory.mark);
}

describe('a product that was read', () => {
  const kept = (): number | undefined => memory.product('a')?.version;

  test.each<[string, Change, ProductRow, number | undefined]>([
    [
      'before a change that it does not show is not kept',
      { kind: 'listing', id: 'a', version: 2 },
      row('a', 1),
      undefined,
    ],
    ['before a change that it shows is kept', { kind: 'listing', id: 'a', version: 2 }, row('a', 2), 2],
    ['before a later one too is kept', { kind: 'stock', id: 'a', version: 2 }, row('a', 3), 3],
    ['before a change of unknown version is not kept', { kind: 'content', id: 'a' }, row('a', 9), undefined],
    ['before a change of everything is not kept', { kind: 'catalogue' }, row('a', 9), undefined],
    ['before a change of another product is kept', { kind: 'listing', id: 'b', version: 2 }, row('a', 1), 1],
  ])('%s', (_, change, read, expected) => {
    const { mark } = memory;
    memory.changed([change]);
    memory.keepProduct(fragmentOf(read), mark);
    expect(kept()).toBe(expected);
  });

  test('after a change of unknown version is kept, even where its version was known before', () => {
    memory.changed([
      { kind: 'content', id: 'a', version: 4 },
      { kind: 'content', id: 'a' },
    ]);
    keep(row('a', 4));
    expect(kept()).toBe(4);
  });

  test('never replaces a newer one', () => {
    const { mark } = memory;
    keep(row('a', 3));
    memory.keepProduct(fragmentOf(row('a', 2)), mark);
    expect(kept()).toBe(3);
  });

  test('goes on from a change of stock that comes next, and from no other', () => {
    keep(row('a', 1));
    const updatedAt = '2026-01-01T00:00:00.000Z';
    memory.changed([{ kind: 'availability', id: 'a', version: 2, stock: 0, updatedAt }]);
    const read = fragmentOf(row('a', 2, { stock: 0, updated_at: new Date(updatedAt) }));
    expect(memory.product('a')?.answer).toEqual(read.answer);
    memory.changed([{ kind: 'stock', id: 'a', version: 4, stock: 3, updatedAt }]);
    expect(kept()).toBeUndefined();
  });

  test('is not spoilt by a change that it shows already, nor twice by the same one', () => {
    keep(row('a', 5));
    memory.changed([{ kind: 'stock', id: 'a', version: 4 }]);
    expect(kept()).toBe(5);
    const change: Change = { kind: 'content', id: 'a', version: 6 };
    memory.changed([change]);
    keep(row('a', 6));
    memory.changed([change, { kind: 'content', id: 'a', version: 5 }]);
    expect(kept()).toBe(6);
  });

  test('expires', () => {
    keep(row('a'));
    clock.at += 3_600_000 - 1;
    expect(kept()).toBe(1);
    clock.at += 1;
    expect(kept()).toBeUndefined();
  });
});

describe('a list', () => {
  const spoilt = (changes: readonly Change[], byStock = false): boolean => {
    memory.keepList('k', page(['a', 'b'], byStock), memory.mark);
    memory.changed(changes);
    return memory.list('k') === undefined;
  };

  test.each<[boolean, boolean, Change]>([
    [false, false, { kind: 'stock', id: 'a', version: 2 }],
    [false, false, { kind: 'content', id: 'a', version: 2 }],
    [false, false, { kind: 'availability', id: 'a', version: 2 }],
    [true, false, { kind: 'listing', id: 'c', version: 2 }],
    [true, false, { kind: 'catalogue' }],
    [false, true, { kind: 'stock', id: 'a', version: 2 }],
    [true, true, { kind: 'availability', id: 'c', version: 2 }],
    [true, true, { kind: 'listing', id: 'c', version: 2 }],
  ])('is spoilt: %s, where filtered by stock is %s, by %j', (expected, byStock, change) => {
    expect(spoilt([change], byStock)).toBe(expected);
  });

  test('is spoilt by an older change of a product that is told late', () => {
    memory.changed([{ kind: 'stock', id: 'a', version: 8 }]);
    expect(spoilt([{ kind: 'listing', id: 'a', version: 7 }])).toBe(true);
  });

  test('that was read before a change that spoils it is not kept', () => {
    const { mark } = memory;
    memory.changed([{ kind: 'listing', id: 'a', version: 2 }]);
    memory.keepList('k', page(['a']), mark);
    memory.keepTotal('f', { total: 1, isExact: true }, false, mark);
    expect([memory.list('k'), memory.total('f')]).toEqual([undefined, undefined]);
  });

  test('is joined from its products, and again only when one of them differs', () => {
    keep(row('a'), row('b'), row('c'));
    memory.keepList('k', page(['b', 'a']), memory.mark);
    const first = memory.answer('k');
    const items = [row('b'), row('a')].map((one) => fragmentOf(one).product);
    expect(JSON.parse(String(first?.body))).toEqual({ items, total: 2 });
    memory.changed([{ kind: 'content', id: 'c', version: 2 }]);
    expect(memory.answer('k')).toBe(first);
    const updatedAt = '2026-01-01T00:00:00.000Z';
    memory.changed([{ kind: 'stock', id: 'a', version: 2, stock: 4, updatedAt }]);
    const second = memory.answer('k');
    expect(JSON.parse(String(second?.body)).items[1]).toMatchObject({ version: 2, stock: 4 });
    expect(second?.etag).not.toBe(first?.etag);
    memory.changed([{ kind: 'content', id: 'a', version: 3 }]);
    expect(memory.answer('k')).toBeUndefined();
    expect(memory.list('k')).toBeDefined();
  });
});

test('memory is bounded', () => {
  const description = 'x'.repeat(100_000);
  for (let i = 0; i < 1_000; i += 1) keep(row(`p${i}`, 1, { description }));
  const { productBytes = 0, products = 0 } = memory.size;
  expect(productBytes).toBeLessThanOrEqual(96 * 1_048_576);
  expect(products).toBeGreaterThan(100);
  for (let i = 0; i < 60_000; i += 1) memory.changed([{ kind: 'stock', id: `q${i}`, version: 2 }]);
  const { mark } = memory;
  memory.changed([{ kind: 'stock', id: 'q0', version: 3 }]);
  memory.keepProduct(fragmentOf(row('q0', 2)), mark);
  expect(memory.product('q0')).toBeUndefined();
});
