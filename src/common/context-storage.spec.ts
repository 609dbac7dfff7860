import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { runs } from '../../test/support/runs.js';
import { ContextStorage } from './context-storage.js';

/** What work does between two looks at its context. */
const STEPS = {
  microtask: () => Promise.resolve(),
  turn: () => turn(),
  together: () => Promise.all([turn(), Promise.resolve()]),
};
type Step = keyof typeof STEPS | 'outside' | 'nested';

const stepsOf = fc.array(fc.constantFrom<Step>('microtask', 'turn', 'together', 'outside', 'nested'), { maxLength: 6 });

it('is known to all that work calls, and to nothing else, however works begin and end beside each other', async () => {
  const storage = new ContextStorage<number>();
  let names = 0;
  async function go(steps: readonly Step[], own: number | undefined): Promise<void> {
    for (const step of steps) {
      if (step === 'outside') await storage.outside(() => go(['turn', 'microtask'], undefined));
      else if (step === 'nested') await storage.run(++names, () => go(['microtask', 'turn'], names));
      else await STEPS[step]();
      expect(storage.current()).toBe(own);
    }
  }
  const works = fc.array(fc.record({ delay: fc.nat(3), inside: fc.boolean(), steps: stepsOf }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(works, async (list) => {
      await Promise.all(
        list.map(async ({ delay, inside, steps }) => {
          for (let i = 0; i < delay; i += 1) await turn();
          const own = inside ? ++names : undefined;
          await (own === undefined ? go(steps, own) : storage.run(own, () => go(steps, own)));
          expect(storage.current()).toBeUndefined();
        }),
      );
    }),
    { numRuns: runs(100) },
  );
});
