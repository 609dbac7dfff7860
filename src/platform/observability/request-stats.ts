/** Upper bounds of the duration histogram, in seconds. */
export const DURATION_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What was seen of one route. */
export interface EndpointStats {
  readonly method: string;
  readonly route: string;
  count: number;
  seconds: number;
  /** Requests that fall in each bucket, not cumulated; the last is for those beyond all bounds. */
  readonly buckets: number[];
  readonly byStatus: Map<number, number>;
}

/** Counts requests by route. Plain numbers, since this runs once a request; metrics are made of them when asked for. */
export class RequestStats {
  private readonly endpoints = new Map<string, EndpointStats>();

  record(method: string, route: string, status: number, seconds: number): void {
    const stats = this.endpointOf(method, route);
    stats.count += 1;
    stats.seconds += seconds;
    const bucket = DURATION_BUCKETS.findIndex((bound) => seconds <= bound);
    const index = bucket === -1 ? DURATION_BUCKETS.length : bucket;
    stats.buckets[index] = (stats.buckets[index] ?? 0) + 1;
    stats.byStatus.set(status, (stats.byStatus.get(status) ?? 0) + 1);
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

  private endpointOf(method: string, route: string): EndpointStats {
    const name = `${method} ${route}`;
    const known = this.endpoints.get(name);
    if (known !== undefined) return known;
    const buckets = Array.from({ length: DURATION_BUCKETS.length + 1 }, () => 0);
    const stats = { method, route, count: 0, seconds: 0, buckets, byStatus: new Map() };
    this.endpoints.set(name, stats);
    return stats;
  }
}
