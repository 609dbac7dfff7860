import { Counter, Histogram, type Registry } from 'prom-client';
import { DURATION_BUCKETS, type EndpointStats, type RequestStats } from './request-stats.js';

interface Sample {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
}

const DURATION = 'http_request_duration_seconds';

const SHAPE = { name: DURATION, help: 'Time to answer requests.', buckets: [...DURATION_BUCKETS] };

type Samples = Awaited<ReturnType<Histogram<'method' | 'route' | 'le'>['get']>>;

/** A histogram whose samples are kept by {@link RequestStats}: prom-client's own hashes labels on every request. */
class RequestDurations extends Histogram<'method' | 'route' | 'le'> {
  private readonly shape: Promise<Samples>;

  constructor(
    private readonly stats: RequestStats,
    registry: Registry,
  ) {
    super({ ...SHAPE, registers: [registry] });
    this.shape = new Histogram({ ...SHAPE, registers: [] }).get();
  }

  override async get(): Promise<Samples> {
    return { ...(await this.shape), values: [...this.stats.all()].flatMap(samplesOf) };
  }

  /** What prom-client calls instead of `get` for the text format. */
  getForPromString(): Promise<Samples> {
    return this.get();
  }
}

function samplesOf({ method, route, buckets, seconds, count }: EndpointStats): Sample[] {
  const samples: Sample[] = [];
  let cumulated = 0;
  for (const [index, inBucket] of buckets.entries()) {
    cumulated += inBucket;
    const labels = { method, route, le: DURATION_BUCKETS[index] ?? '+Inf' };
    samples.push({ metricName: `${DURATION}_bucket`, labels, value: cumulated });
  }
  samples.push({ metricName: `${DURATION}_sum`, labels: { method, route }, value: seconds });
  samples.push({ metricName: `${DURATION}_count`, labels: { method, route }, value: count });
  return samples;
}

/** Shows what was counted of requests as Prometheus metrics. */
export function registerRequestMetrics(stats: RequestStats, registry: Registry): void {
  new RequestDurations(stats, registry);
  new Counter({
    name: 'http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { method, route, byStatus } of stats.all()) {
        for (const [status, count] of byStatus) this.inc({ method, route, status }, count);
      }
    },
  });
}
