import { CircuitBreaker } from './circuit-breaker.js';

describe('circuit breaker', () => {
  it('asks while failures are few, and forgets them after a success', () => {
    const breaker = new CircuitBreaker(3, 1_000);
    breaker.failed(0);
    breaker.failed(0);
    breaker.succeeded();
    breaker.failed(0);
    breaker.failed(0);
    expect(breaker.allows(0)).toBe(true);
  });

  it('stops asking after as many failures in a row as it is made for', () => {
    const breaker = new CircuitBreaker(3, 1_000);
    for (let i = 0; i < 3; i += 1) breaker.failed(0);
    expect(breaker.open).toBe(true);
    expect(breaker.allows(999)).toBe(false);
  });

  it('lets one trial through a period, and closes when it succeeds', () => {
    const breaker = new CircuitBreaker(1, 1_000);
    breaker.failed(0);
    expect([breaker.allows(1_000), breaker.allows(1_000), breaker.allows(1_999)]).toEqual([true, false, false]);
    breaker.succeeded();
    expect(breaker.allows(1_999)).toBe(true);
  });

  it('stays open for another period when the trial fails', () => {
    const breaker = new CircuitBreaker(1, 1_000);
    breaker.failed(0);
    breaker.allows(1_000);
    breaker.failed(1_100);
    expect([breaker.allows(2_099), breaker.allows(2_100)]).toEqual([false, true]);
  });
});
