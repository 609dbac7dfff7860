import { Injectable, Logger } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { processMetrics } from './process-metrics.js';
import { registerRequestMetrics } from './request-metrics.js';
import { RequestStats } from './request-stats.js';

type Numbers = Readonly<Record<string, number>>;

/** What `GET /metrics` answers as JSON. */
export interface MetricsSummary {
  readonly uptimeSeconds: number;
  readonly totalRequests: number;
  readonly requestsByEndpoint: Numbers;
  readonly averageResponseTimeMs: number;
  readonly memoryBytes: { readonly rss: number; readonly heapUsed: number };
  /** Every other figure by its name, or by its name and label. */
  readonly figures: Numbers;
}

/** The figures of this process, for Prometheus and for people. */
@Injectable()
export class Metrics {
  readonly requests = new RequestStats();
  private readonly logger = new Logger(Metrics.name);
  private readonly registry = new Registry();
  private readonly ofProcess = processMetrics();
  private readonly readers: (() => Promise<Numbers>)[] = [];

  constructor() {
    registerRequestMetrics(this.requests, this.registry);
  }

  /** Shows a figure that is read whenever the metrics are asked for. One that cannot be read is left out. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const values = this.reader(name, async () => ({ '': await read() }));
    const gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => {
        gauge.remove();
        for (const value of Object.values(await values())) gauge.set(value);
      },
    });
  }

  /** Shows a figure for each value of a label, as they are at the moment. */
  gauges(name: string, help: string, label: string, read: () => Numbers): void {
    const values = this.reader(name, async () => read());
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        for (const [key, value] of Object.entries(await values())) this.set({ [label]: key }, value);
      },
    });
  }

  /** Shows counts that only grow, for each value of a label. */
  counters(name: string, help: string, label: string, read: () => Numbers): void {
    const values = this.reader(name, async () => read());
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        this.reset();
        for (const [key, value] of Object.entries(await values())) this.inc({ [label]: key }, value);
      },
    });
  }

  /** Makes a histogram of durations, in seconds; for things that happen seldom enough to be hashed each time. */
  durations<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
  ): (of: Record<L, string>, s: number) => void {
    const buckets = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300];
    const histogram = new Histogram({ name, help, labelNames: [...labels], buckets, registers: [this.registry] });
    return (of, seconds) => histogram.observe(of, seconds);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return Registry.merge([this.ofProcess, this.registry]).metrics();
  }

  async summary(): Promise<MetricsSummary> {
    const figures = await Promise.all(this.readers.map((read) => read()));
    const { rss, heapUsed } = process.memoryUsage();
    return {
      uptimeSeconds: Math.round(process.uptime()),
      ...this.requests.summary(),
      memoryBytes: { rss, heapUsed },
      figures: Object.assign({}, ...figures),
    };
  }

  /** Adds a figure to the summary, and makes its failure to be read nobody's problem but the log's. */
  private reader(name: string, read: () => Promise<Numbers>): () => Promise<Numbers> {
    const safe = async (): Promise<Numbers> => {
      try {
        return await read();
      } catch (error) {
        this.logger.debug({ err: error, metric: name }, 'A figure could not be read.');
        return {};
      }
    };
    this.readers.push(async () => {
      const entries = Object.entries(await safe());
      return Object.fromEntries(entries.map(([key, value]) => [key === '' ? name : `${name}.${key}`, value]));
    });
    return safe;
  }
}
