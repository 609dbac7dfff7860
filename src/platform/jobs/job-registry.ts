import { Injectable } from '@nestjs/common';

/** Work that is done again and again by one process. */
export interface Job {
  /** For logs and metrics: the room and the intent, for example `sales.expire`. */
  readonly name: string;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly everyMs: number;
  /** Must end soon once the signal is aborted. May run again after a failure, or in another process after a crash. */
  run(signal: AbortSignal): Promise<void>;
}

/** The background jobs of the application; modules add theirs when they are initialised. */
@Injectable()
export class JobRegistry {
  private readonly jobs = new Map<string, Job>();
  private runNow: ((job: Job) => void) | undefined;

  /** @throws {Error} where the name is taken */
  register(job: Job): void {
    if (this.jobs.has(job.name)) throw new Error(`Two jobs are called ${job.name}.`);
    this.jobs.set(job.name, job);
  }

  /** Names who can run a job before its time; nobody while jobs do not run in this process. */
  attach(runNow: ((job: Job) => void) | undefined): void {
    this.runNow = runNow;
  }

  /** There is something to do for a job. Where jobs run in another process, that one finds it at the job's time. */
  hurry(name: string): void {
    const job = this.jobs.get(name);
    if (job !== undefined) this.runNow?.(job);
  }

  /** There may be something to do for every job. */
  hurryAll(): void {
    for (const name of this.jobs.keys()) this.hurry(name);
  }

  all(): readonly Job[] {
    return [...this.jobs.values()];
  }
}
