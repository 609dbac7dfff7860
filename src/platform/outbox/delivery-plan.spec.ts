import { queuesByAggregate, retryAt } from './delivery-plan.js';

describe('delivery plan', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [6, 60_000],
    [500, 60_000],
  ])('tries an event that failed %i times before again after %i ms', (attempts, wait) => {
    expect(retryAt(new Date(0), attempts)).toEqual(new Date(wait));
  });

  it('keeps the order of events within each aggregate', () => {
    const events = ['a1', 'b1', 'a2', 'c1', 'b2', 'a3'].map((name) => ({ name, aggregateId: name.slice(0, 1) }));
    const queues = queuesByAggregate(events).map((queue) => queue.map(({ name }) => name));
    expect(queues).toEqual([['a1', 'a2', 'a3'], ['b1', 'b2'], ['c1']]);
  });
});
