import { Keyv } from 'keyv';
import { Snapshot } from '../coherence/snapshot.js';
import { MemorySpace } from './memory-space.js';
import { type Entry, MemoryTier, RedisTier } from './tiers.js';

const entry = (text: string): Entry => ({ text, snapshot: new Snapshot('10:12:10'), expiresAt: Date.now() + 60_000 });

/** A store of Keyv that can be made to fail or to hang, and tells how often it was asked. */
function fakeStore() {
  const values = new Map<string, unknown>();
  const state = { mode: 'well' as 'well' | 'fails' | 'hangs', asked: 0 };
  const answer = async <T>(work: () => T): Promise<T> => {
    state.asked += 1;
    if (state.mode === 'fails') throw new Error('OOM command not allowed');
    if (state.mode === 'hangs') return new Promise(() => undefined);
    return work();
  };
  const store = {
    get: (key: string) => answer(() => values.get(key)),
    set: (key: string, value: unknown) => answer(() => values.set(key, value)),
    delete: (key: string) => answer(() => values.delete(key)),
    clear: () => answer(() => values.clear()),
  };
  const keyv = new Keyv({ store, throwOnErrors: true });
  keyv.on('error', () => undefined);
  return { state, keyv, values };
}

const ready = { client: { isReady: true } } as never;

describe('texts in memory', () => {
  const open = (maxEntries: number, maxBytes: number) => {
    const space = new MemorySpace(maxEntries, maxBytes);
    return { space, tier: new MemoryTier(new Keyv({ store: space, serialize: undefined, deserialize: undefined })) };
  };

  it('are given back as they were put in', async () => {
    const { tier } = open(10, 100_000);
    const one = entry('one');
    await tier.set('a', one, 60_000);
    expect(await tier.get('a')).toBe(one);
    expect(await tier.get('b')).toBeUndefined();
  });

  it('are as many as there may be, and as heavy; the one used longest ago goes first', async () => {
    const { space, tier } = open(3, 10_000);
    for (const key of ['a', 'b', 'c']) await tier.set(key, entry(key), 60_000);
    await tier.get('a');
    await tier.set('d', entry('d'), 60_000);
    expect([await tier.get('b'), (await tier.get('a'))?.text, space.size.entries]).toEqual([undefined, 'a', 3]);
    await tier.set('long', entry('x'.repeat(4_000)), 60_000);
    expect([(await tier.get('long'))?.text.length, space.size.entries]).toEqual([4_000, 3]);
    await tier.set('heavy', entry('x'.repeat(4_500)), 60_000);
    expect([space.size.entries, await tier.get('long'), (await tier.get('heavy'))?.text.length]).toEqual([
      1,
      undefined,
      4_500,
    ]);
    expect(space.size.bytes).toBeLessThanOrEqual(10_000);
    await tier.set('too heavy', entry('x'.repeat(5_000)), 60_000);
    expect(await tier.get('too heavy')).toBeUndefined();
  });
});

describe('texts in Redis', () => {
  it('come back with the snapshot that they were read under', async () => {
    const tier = new RedisTier(fakeStore().keyv, ready);
    await tier.set('a', entry('one'), 60_000);
    await tier.set('b', { ...entry('two'), snapshot: undefined }, 60_000);
    const [a, b] = [await tier.get('a'), await tier.get('b')];
    expect([a?.text, a?.snapshot?.text, b?.text, b?.snapshot]).toEqual(['one', '10:12:10', 'two', undefined]);
  });

  it.each<unknown>(['text', {}, null, [], ['text'], [1, '1:1:', 5], ['text', '1:1:', 'soon']])(
    'are none where something else lies in their place: %j',
    async (value) => {
      const { keyv } = fakeStore();
      const tier = new RedisTier(keyv, ready);
      await keyv.set('a', value);
      expect(await tier.get('a')).toBeUndefined();
    },
  );

  it.each(['fails', 'hangs'] as const)(
    'are asked for no more when the store %s, and again when it is back',
    async (mode) => {
      const { state, keyv } = fakeStore();
      const tier = new RedisTier(keyv, ready);
      await tier.set('a', entry('one'), 60_000);
      state.mode = mode;
      for (let i = 0; i < 3; i += 1) expect(await tier.get('a')).toBeUndefined();
      expect(tier.up).toBe(false);
      const { asked } = state;
      for (let i = 0; i < 10; i += 1) expect(await tier.get('a')).toBeUndefined();
      expect(state.asked).toBe(asked);
      state.mode = 'well';
      const now = Date.now();
      const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 1_001);
      expect((await tier.get('a'))?.text).toBe('one');
      clock.mockRestore();
      expect(tier.up).toBe(true);
    },
  );

  it('are not asked for while there is no connection', async () => {
    const { state, keyv } = fakeStore();
    const tier = new RedisTier(keyv, { client: { isReady: false } } as never);
    await tier.set('a', entry('one'), 60_000);
    expect([await tier.get('a'), state.asked, tier.up]).toEqual([undefined, 0, false]);
  });
});
