import { Flights } from './flights.js';

/** Work whose end the test decides. */
function controlled() {
  const pending: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const work = (): Promise<string> => new Promise((resolve, reject) => pending.push({ resolve, reject }));
  return { work, pending };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('flights', () => {
  it('let everybody who asks meanwhile wait for the same work', async () => {
    const { work, pending } = controlled();
    const flights = new Flights();
    const answers = [flights.share('a', work), flights.share('a', work), flights.share('b', work)];
    expect(pending).toHaveLength(2);
    pending[0]?.resolve('one');
    pending[1]?.resolve('two');
    expect(await Promise.all(answers)).toEqual(['one', 'one', 'two']);
  });

  it('start anew once the work has ended, also when it failed', async () => {
    const { work, pending } = controlled();
    const flights = new Flights();
    const first = flights.share('a', work);
    pending[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    void flights.share('a', work);
    expect(pending).toHaveLength(2);
  });

  it('never join work that began before the call where fresh work is wanted', async () => {
    const { work, pending } = controlled();
    const flights = new Flights();
    const first = flights.shareFresh('a', work);
    const later = [flights.shareFresh('a', work), flights.shareFresh('a', work)];
    expect(pending).toHaveLength(1);
    pending[0]?.resolve('old');
    expect(await first).toBe('old');
    await settle();
    expect(pending).toHaveLength(2);
    const latest = flights.shareFresh('a', work);
    pending[1]?.resolve('new');
    expect(await Promise.all(later)).toEqual(['new', 'new']);
    await settle();
    pending[2]?.resolve('newest');
    expect(await latest).toBe('newest');
  });

  it('go on with the next fresh work when one fails', async () => {
    const { work, pending } = controlled();
    const flights = new Flights();
    const first = flights.shareFresh('a', work);
    const second = flights.shareFresh('a', work);
    pending[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await settle();
    pending[1]?.resolve('back');
    expect(await second).toBe('back');
  });

  it('gather all who come in one turn where work may begin soon, and none who come after it has begun', async () => {
    const { work, pending } = controlled();
    const flights = new Flights();
    const first = [flights.shareSoon('a', work), flights.shareSoon('a', work)];
    await Promise.resolve();
    first.push(flights.shareSoon('a', work));
    expect(pending).toHaveLength(0);
    await settle();
    expect(pending).toHaveLength(1);
    const later = [flights.shareSoon('a', work), flights.shareSoon('a', work)];
    await settle();
    expect(pending).toHaveLength(1);
    pending[0]?.reject(new Error('away'));
    const ends = await Promise.allSettled(first);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await settle();
    expect(pending).toHaveLength(2);
    pending[1]?.resolve('new');
    expect(await Promise.all(later)).toEqual(['new', 'new']);
    const latest = flights.shareSoon('a', work);
    await settle();
    pending[2]?.resolve('newest');
    expect(await latest).toBe('newest');
  });
});
