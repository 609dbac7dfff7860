import { setImmediate as turn } from 'node:timers/promises';
import { Activity } from './activity.js';
import { Batches, type Written } from './batches.js';

interface Member {
  readonly name: string;
  readonly keys?: readonly string[];
}

/** Batches that are written when the test says so. */
function bench(write: (names: readonly string[]) => Promise<readonly string[] | undefined>) {
  const written: string[][] = [];
  let told: Promise<void> = Promise.resolve();
  const others = new Activity();
  const surroundings = {
    outside: (work: () => Promise<void>) => work(),
    onceIdle: (listener: () => void) => others.onceIdle(listener),
    get idle() {
      return others.idle;
    },
  };
  const batches = new Batches<Member, string>(
    async (members): Promise<Written<string> | undefined> => {
      const names = members.map(({ name }) => name);
      written.push(names);
      const results = await write(names);
      return results && { results, told };
    },
    ({ keys }) => keys ?? [],
    surroundings,
  );
  return {
    written,
    others,
    add: (name: string, ...keys: string[]) => batches.add({ name, keys }),
    tellAfter: (promise: Promise<void>) => {
      told = promise;
    },
  };
}

const done = async (names: readonly string[]): Promise<string[]> => names.map((name) => `${name} done`);

const fiveMilliseconds = (names: readonly string[]): Promise<string[]> => {
  jest.advanceTimersByTime(5);
  return done(names);
};

describe('batches that rest', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  /** A bench on whose database others are at work, until the test says so. */
  function busyBench() {
    const made = bench(fiveMilliseconds);
    let end = (): void => undefined;
    const over = made.others.during(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const endOthers = (): Promise<void> => {
      end();
      return over;
    };
    return { ...made, endOthers };
  }

  it('gather no longer once enough have come', async () => {
    const { add, written } = busyBench();
    await add('alone');
    const next = ['b', 'c', 'd'].map((name) => add(name));
    await turn();
    expect(written).toEqual([['alone']]);
    next.push(add('e'));
    await Promise.all(next);
    expect(written).toEqual([['alone'], ['b', 'c', 'd', 'e']]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gather only while the database has other work', async () => {
    const { add, written, endOthers } = busyBench();
    await add('alone');
    const next = [add('b'), add('c')];
    await turn();
    expect(written).toEqual([['alone']]);
    await endOthers();
    await Promise.all(next);
    const last = add('d');
    expect(await last).toBe('d done');
    expect(written).toEqual([['alone'], ['b', 'c'], ['d']]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gather for as long as the last one took, and let who comes alone begin at once', async () => {
    const { add, written } = busyBench();
    await add('alone');
    const next = [add('b')];
    await turn();
    next.push(add('c'));
    jest.advanceTimersByTime(4);
    await turn();
    expect(written).toEqual([['alone']]);
    jest.advanceTimersByTime(1);
    expect(await Promise.all(next)).toEqual(['b done', 'c done']);
    jest.advanceTimersByTime(60_000);
    await add('late');
    expect(written).toEqual([['alone'], ['b', 'c'], ['late']]);
  });
});

describe('batches', () => {
  it('take whatever was asked for while another was being written, and answer each its own', async () => {
    const { add, written } = bench(async (names) => {
      await turn();
      return done(names);
    });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => add(name)));
    expect(answers).toEqual(['a done', 'b done', 'c done', 'd done']);
    expect(written).toEqual([['a'], ['b', 'c', 'd']]);
    await add('e');
    expect(written.at(-1)).toEqual(['e']);
  });

  it('have at most 32 members', async () => {
    const { add, written } = bench(done);
    await Promise.all(Array.from({ length: 70 }, (_, index) => add(String(index))));
    expect(written.map(({ length }) => length)).toEqual([1, 32, 32, 5]);
  });

  it('have one member of a key, and nobody overtakes another who waits for the same', async () => {
    const { add, written } = bench(done);
    const asked = [add('first'), add('x', 'cart'), add('both', 'cart', 'buyer'), add('y', 'buyer'), add('z', 'other')];
    await Promise.all(asked);
    expect(written).toEqual([['first'], ['x', 'z'], ['both'], ['y']]);
  });

  it('that fail, or ask for it, are written one by one, so that one member harms no other', async () => {
    for (const refuse of [Promise.reject(new Error('all')), Promise.resolve(undefined)]) {
      refuse.catch(() => undefined);
      const { add, written } = bench(async (names) => {
        if (names.length > 1) return refuse;
        if (names[0] === 'bad') throw new Error('bad alone');
        return done(names);
      });
      const asked = [add('first'), add('good'), add('bad'), add('fine')].map((one) => one.catch(String));
      expect(await Promise.all(asked)).toEqual(['first done', 'good done', 'Error: bad alone', 'fine done']);
      expect(written).toEqual([['first'], ['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']]);
    }
  });

  it('are told when others may hear of them, for which the next batch does not wait', async () => {
    const { add, written, tellAfter } = bench(done);
    let tell = (): void => undefined;
    tellAfter(
      new Promise((resolve) => {
        tell = resolve;
      }),
    );
    const heard: string[] = [];
    const first = add('first').then((answer) => heard.push(answer));
    await turn();
    tellAfter(Promise.resolve());
    await add('second').then((answer) => heard.push(answer));
    expect(written).toEqual([['first'], ['second']]);
    expect(heard).toEqual(['second done']);
    tell();
    await first;
    expect(heard).toEqual(['second done', 'first done']);
  });
});
