import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { InTurn, type Task } from './in-turn.js';

class Passing extends Error {}

const passes = (error: unknown): boolean => error instanceof Passing;

async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await tick();
}

interface Plan {
  readonly runsAhead: boolean;
  /** Ticks before its turn is awaited, and after. */
  readonly work: readonly [number, number];
  /** Where it fails: the first try before or after its turn, or any. */
  readonly fails: 'never' | 'before' | 'after' | 'always';
}

const plan: fc.Arbitrary<Plan> = fc.record({
  runsAhead: fc.boolean(),
  work: fc.tuple(fc.nat(4), fc.nat(4)),
  fails: fc.oneof({ weight: 4, arbitrary: fc.constant('never' as const) }, fc.constantFrom('before', 'after')),
});

/** Notes what came about, and how many were under way at most. */
class Record {
  readonly done: number[] = [];
  most = 0;
  private running = 0;

  task(number: number, { runsAhead, work: [before, after], fails }: Plan, failure: Error): Task {
    let tries = 0;
    return {
      mayRunAhead: () => runsAhead,
      run: async (turn) => {
        tries += 1;
        this.running += 1;
        this.most = Math.max(this.most, this.running);
        try {
          await ticks(before);
          if (fails === 'always' || (tries === 1 && fails === 'before')) throw failure;
          await turn();
          await ticks(after);
          if (tries === 1 && fails === 'after') throw failure;
          this.done.push(number);
        } finally {
          this.running -= 1;
        }
      },
    };
  }
}

async function runAll(
  record: Record,
  most: number,
  plans: readonly Plan[],
  failureOf: (number: number) => Error,
): Promise<void> {
  const row = new InTurn(most, passes);
  try {
    for (const [number, one] of plans.entries()) await row.add(record.task(number, one, failureOf(number)));
  } finally {
    await row.end();
  }
}

const most = fc.integer({ min: 1, max: 4 });

test('whatever fails in passing, all comes about once and in order, no more at a time than may be', async () => {
  await fc.assert(
    fc.asyncProperty(most, fc.array(plan, { maxLength: 8 }), async (most, plans) => {
      const record = new Record();
      await runAll(record, most, plans, () => new Passing());
      expect(record.done).toEqual([...plans.keys()]);
      expect(record.most).toBeLessThanOrEqual(most);
    }),
  );
});

test('nothing comes about behind what fails for good, which is what is told', async () => {
  await fc.assert(
    fc.asyncProperty(most, fc.array(plan, { minLength: 1, maxLength: 8 }), fc.nat(7), async (most, plans, at) => {
      const bad = at % plans.length;
      const final = new Error('for good');
      const failing = plans.map((one, number): Plan => (number === bad ? { ...one, fails: 'always' } : one));
      const record = new Record();
      const outcome = runAll(record, most, failing, (number) => (number === bad ? final : new Passing()));
      await expect(outcome).rejects.toBe(final);
      expect(record.done).toEqual([...plans.keys()].slice(0, bad));
    }),
  );
});

test('those that run ahead are under way together', async () => {
  const record = new Record();
  const all = [1, 2, 3, 4].map((): Plan => ({ runsAhead: true, work: [3, 3], fails: 'never' }));
  await runAll(record, 3, all, () => new Passing());
  expect(record.most).toBe(3);
});

test('what waits for who waits for it is done again, one by one', async () => {
  const row = new InTurn(2, passes);
  let held = false;
  const tries = [0, 0];
  const done: string[] = [];
  await row.add({
    mayRunAhead: () => true,
    run: async () => {
      tries[0] = (tries[0] ?? 0) + 1;
      await ticks(2);
      // As a lock that is waited for does after a while.
      if (held) throw new Passing();
      done.push('first');
    },
  });
  await row.add({
    mayRunAhead: () => true,
    run: async (turn) => {
      tries[1] = (tries[1] ?? 0) + 1;
      held = true;
      try {
        await turn();
        done.push('second');
      } finally {
        held = false;
      }
    },
  });
  await row.end();
  expect(done).toEqual(['first', 'second']);
  expect(tries).toEqual([2, 2]);
});
