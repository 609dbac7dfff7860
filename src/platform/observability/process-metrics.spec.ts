import { PerformanceObserver } from 'node:perf_hooks';
import { Metrics } from './metrics.js';

describe('what Node tells of the process', () => {
  it('is collected once, and shown by every application in it', async () => {
    const watches = jest.spyOn(PerformanceObserver.prototype, 'observe');
    const texts = await Promise.all([new Metrics().text(), new Metrics().text()]);
    const watched = watches.mock.calls.length;
    watches.mockRestore();
    expect(watched).toBeLessThanOrEqual(1);
    for (const text of texts) expect(text).toMatch(/^process_cpu_seconds_total /m);
  });
});
