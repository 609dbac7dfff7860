import { ConsoleLogger, Logger } from '@nestjs/common';
import { productRow as row } from '../../../test/factories/product-row.js';
import { SystemClock } from '../../common/clock.js';
import type { Coherence, Memory } from '../../platform/coherence/coherence.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { CatalogueCache, type ListSource } from './catalogue.cache.js';
import type { ProductRow } from './product-row.js';

const listOf = (...rows: ProductRow[]): ListSource => ({
  page: async () => ({ rows, tail: Buffer.from(']}'), position: undefined, byStock: false }),
  products: async () => {
    throw new Error('Every product of the list has just been read.');
  },
});

const unread = async (): Promise<ProductRow> => {
  throw new Error('It is in memory.');
};

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(new ConsoleLogger()));

test('a list that is read again makes only those products anew that have changed', async () => {
  const memories: Memory[] = [];
  const coherence = { keeps: (memory: Memory) => memories.push(memory), fresh: () => true };
  const cache = new CatalogueCache(coherence as unknown as Coherence, new SystemClock(), new Metrics());
  await cache.list('newest', listOf(row('a', 1), row('b', 1)));
  const before = [await cache.detail('a', unread), await cache.detail('b', unread)];
  for (const memory of memories) memory.changed([{ kind: 'listing', id: 'b', version: 2 }]);
  const { body, cache: from } = await cache.list('newest', listOf(row('a', 1), row('b', 2, { name: 'Renamed' })));
  const after = [await cache.detail('a', unread), await cache.detail('b', unread)];
  expect(after[0]?.body).toBe(before[0]?.body);
  expect(JSON.parse(String(after[1]?.body))).toMatchObject({ name: 'Renamed', version: 2 });
  expect(from).toBe('MISS');
  expect(JSON.parse(String(body)).items).toEqual(after.map((one) => JSON.parse(String(one.body))));
});
