/** Upper bounds of the duration histogram, in seconds. */
export const DURATION_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What was seen of one route. */
export class EndpointStats {
  count = 0;
  seconds = 0;
  /** Requests that fall in each bucket, not cumulated; the last is for those beyond all bounds. */
  readonly buckets: number[] = Array.from({ length: DURATION_BUCKETS.length + 1 }, () => 0);
  readonly byStatus = new Map<number, number>();

  constructor(
    readonly method: string,
    readonly route: string,
  ) {}

  record(status: number, seconds: number): void {
    this.count += 1;
    this.seconds += seconds;
    const bucket = DURATION_BUCKETS.findIndex((bound) => seconds <= bound);
    const index = bucket === -1 ? DURATION_BUCKETS.length : bucket;
    this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1);
  }
}

/** Counts requests by route. Plain numbers, since this runs once a request; metrics are made of them when asked for. */
export class RequestStats {
  private readonly endpoints = new Map<string, EndpointStats>();

  record(method: string, route: string, status: number, seconds: number): void {
    this.of(method, route).record(status, seconds);
  }

  /** The figures of one route, from its first request on. */
  of(method: string, route: string): EndpointStats {
    const name = `${method} ${route}`;
    const known = this.endpoints.get(name);
    if (known !== undefined) return known;
    const stats = new EndpointStats(method, route);
    this.endpoints.set(name, stats);
    return stats;
  }

  all(): IterableIterator<EndpointStats> {
    return this.endpoints.values();
  }

  /** Requests by endpoint, for example `GET /api/products`, and their mean time. */
  summary(): { totalRequests: number; averageResponseTimeMs: number; requestsByEndpoint: Record<string, number> } {
    let total = 0;
    let seconds = 0;
    const requestsByEndpoint: Record<string, number> = {};
    for (const [name, stats] of this.endpoints) {
      total += stats.count;
      seconds += stats.seconds;
      requestsByEndpoint[name] = stats.count;
    }
    const average = total === 0 ? 0 : (seconds * 1_000) / total;
    return { totalRequests: total, averageResponseTimeMs: Math.round(average * 100) / 100, requestsByEndpoint };
  }
}
