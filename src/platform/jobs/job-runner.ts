import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../observability/metrics.js';
import { type Job, JobRegistry } from './job-registry.js';
import { Leadership, type LeaderWork } from './leadership.js';

/** Longest wait for running jobs when the runner stops. */
const STOP_MS = 10_000;
/** Between the first runs of jobs: all of them at once would take every connection of the pool. */
const APART_MS = 20;

/**
 * Runs every job soon, those first that run most often, and then at its interval, while this process leads. A job never
 * overlaps itself.
 */
@Injectable()
export class JobRunner implements LeaderWork, OnModuleInit {
  private readonly logger = new Logger(JobRunner.name);
  private readonly running = new Map<string, Promise<void>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** Jobs that are wanted again while they run. */
  private readonly wanted = new Set<string>();
  private readonly observe: (labels: { job: string; outcome: string }, seconds: number) => void;
  private lifetime: AbortController | undefined;

  constructor(
    @Inject(JobRegistry) private readonly registry: JobRegistry,
    @Inject(Leadership) private readonly leadership: Leadership,
    @Inject(Metrics) metrics: Metrics,
  ) {
    const help = 'Runs of background jobs, and how long they took.';
    this.observe = metrics.durations('job_duration_seconds', help, ['job', 'outcome']);
  }

  onModuleInit(): void {
    this.leadership.join(this);
  }

  start(): void {
    const lifetime = new AbortController();
    this.lifetime = lifetime;
    const jobs = this.registry.all().toSorted((a, b) => a.everyMs - b.everyMs);
    for (const [index, job] of jobs.entries()) this.schedule(job, index * APART_MS, lifetime.signal);
    this.registry.attach((job) => this.hurry(job, lifetime.signal));
  }

  async stop(): Promise<void> {
    this.lifetime?.abort();
    this.registry.attach(undefined);
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    if (this.running.size === 0) return;
    const patience = new AbortController();
    const bound = delay(STOP_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.running.values()), bound]);
    patience.abort();
    if (this.running.size > 0) this.logger.warn({ jobs: [...this.running.keys()] }, 'Jobs did not stop in time.');
  }

  private schedule(job: Job, afterMs: number, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.timers.set(job.name, setTimeout(() => this.tick(job, signal), afterMs).unref());
  }

  /** A run that is under way may have looked already: another one follows it at once. */
  private hurry(job: Job, signal: AbortSignal): void {
    if (this.running.has(job.name)) {
      this.wanted.add(job.name);
      return;
    }
    clearTimeout(this.timers.get(job.name));
    this.schedule(job, 0, signal);
  }

  private tick(job: Job, signal: AbortSignal): void {
    // A run that outlived an earlier leadership may still be under way.
    if (this.running.has(job.name)) {
      this.schedule(job, job.everyMs, signal);
      return;
    }
    const run = this.run(job, signal).finally(() => {
      this.running.delete(job.name);
      this.schedule(job, this.wanted.delete(job.name) ? 0 : job.everyMs, signal);
    });
    this.running.set(job.name, run);
  }

  private async run(job: Job, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    let outcome = 'done';
    try {
      await job.run(signal);
    } catch (error) {
      outcome = 'failed';
      this.logger.error({ err: error, job: job.name }, 'A job failed; it runs again at its next time.');
    }
    this.observe({ job: job.name, outcome }, (performance.now() - start) / 1_000);
  }
}
