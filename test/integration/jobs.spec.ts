import type { INestApplicationContext } from '@nestjs/common';
import type pg from 'pg';
import { type Job, JobRegistry } from '../../src/platform/jobs/job-registry.js';
import { Leadership } from '../../src/platform/jobs/leadership.js';
import { sweep } from '../../src/platform/jobs/sweep.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { createTestDatabase, openPool, type TestDatabase } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { startPlumbing } from '../support/plumbing.js';

describe('background jobs', () => {
  let database: TestDatabase;
  let owner: pg.Pool;
  const processes = new Set<INestApplicationContext>();

  beforeEach(async () => {
    database = await createTestDatabase();
    owner = openPool(database.superuserUrl, 1);
  });

  afterEach(async () => {
    for (const process of processes) await process.close();
    processes.clear();
    await owner.end();
    await database.drop();
  });

  async function start(job?: Partial<Job>, settings = {}): Promise<INestApplicationContext> {
    const process = await startPlumbing(database, {
      settings,
      jobs: (jobs) => {
        if (job !== undefined) jobs.register({ name: 'test.job', everyMs: 10, run: async () => undefined, ...job });
      },
    });
    processes.add(process);
    return process;
  }
  const leads = (process: INestApplicationContext): boolean => process.get(Leadership).leading;
  const cutLeader = () =>
    owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );

  it('run in one of several processes', async () => {
    const runs: string[] = [];
    const first = await start({ run: async () => void runs.push('first') });
    await eventually(() => expect(leads(first)).toBe(true));
    const second = await start({ run: async () => void runs.push('second') });
    const before = runs.length;
    await eventually(() => expect(runs.length).toBeGreaterThan(before + 20));
    expect(leads(second)).toBe(false);
    expect(new Set(runs)).toEqual(new Set(['first']));
  });

  it('begin one after another, those first that run most often', async () => {
    const runs: string[] = [];
    const intervals = { daily: 86_400_000, hourly: 3_600_000, often: 60_000 };
    const process = await startPlumbing(database, {
      settings: {},
      jobs: (jobs) => {
        for (const [name, everyMs] of Object.entries(intervals))
          jobs.register({ name, everyMs, run: async () => void runs.push(name) });
      },
    });
    processes.add(process);
    await eventually(() => expect(runs).toEqual(['often', 'hourly', 'daily']));
  });

  it('are taken over when the connection of the leader is cut, which stops at once', async () => {
    const runs: string[] = [];
    let aborted = false;
    const hold = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve();
        });
      });
    const first = await start({ run: hold });
    await eventually(() => expect(leads(first)).toBe(true));
    const second = await start({ run: async () => void runs.push('second') });
    await cutLeader();
    await eventually(() => expect(aborted).toBe(true));
    await eventually(() => expect(runs).toContain('second'));
    expect([leads(first), leads(second)]).toEqual([false, true]);
  });

  it('are taken over when the leader stops, and by it when it is alone again', async () => {
    const first = await start();
    await eventually(() => expect(leads(first)).toBe(true));
    const second = await start();
    processes.delete(first);
    await first.close();
    expect(leads(first)).toBe(false);
    await eventually(() => expect(leads(second)).toBe(true));
    await cutLeader();
    await eventually(() => expect(leads(second)).toBe(false));
    await eventually(() => expect(leads(second)).toBe(true));
  });

  it('run before their time where there is something to do for them', async () => {
    const run = jest.fn(async () => undefined);
    const process = await start({ everyMs: 600_000, run });
    await eventually(() => expect(run).toHaveBeenCalledTimes(1));
    const registry = process.get(JobRegistry);
    registry.hurry('test.job');
    await eventually(() => expect(run).toHaveBeenCalledTimes(2));
    registry.hurry('a job that nobody knows');
    await process.close();
    registry.hurry('test.job');
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('that are wanted while they run follow at once', async () => {
    let finish: () => void = () => undefined;
    const run = jest.fn(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const process = await start({ everyMs: 600_000, run });
    await eventually(() => expect(run).toHaveBeenCalledTimes(1));
    process.get(JobRegistry).hurry('test.job');
    finish();
    await eventually(() => expect(run).toHaveBeenCalledTimes(2));
    finish();
  });

  it('do not run where WORKER is off', async () => {
    const server = await start(undefined, { WORKER: 'false' });
    const worker = await start();
    await eventually(() => expect(leads(worker)).toBe(true));
    expect(leads(server)).toBe(false);
  });

  it('never overlap themselves, go on after a failure, and are counted', async () => {
    let [running, most, runs] = [0, 0, 0];
    const process = await start({
      everyMs: 1,
      run: async () => {
        running += 1;
        runs += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (runs % 2 === 1) throw new Error('Every other run fails.');
      },
    });
    await eventually(() => expect(runs).toBeGreaterThan(10));
    expect(most).toBe(1);
    const text = await process.get(Metrics).text();
    expect(text).toMatch(/job_duration_seconds_count\{job="test.job",outcome="failed"\} \d/);
    expect(text).toMatch(/job_duration_seconds_count\{job="test.job",outcome="done"\} \d/);
    expect(text).toMatch(/^jobs_leader 1$/m);
  });

  it('are waited for when the process stops', async () => {
    let finished = false;
    let started = false;
    const process = await start({
      run: async (signal) => {
        started = true;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => setImmediate(resolve)));
        finished = true;
      },
    });
    await eventually(() => expect(started).toBe(true));
    processes.delete(process);
    await process.close();
    expect(finished).toBe(true);
  });

  it('sweep in batches until nothing is left or they have to stop', async () => {
    const batches = [1000, 1000, 3, 0, 7];
    expect(await sweep(new AbortController().signal, async () => batches.shift() ?? 0)).toBe(2003);
    expect(await sweep(AbortSignal.abort(), async () => 1)).toBe(0);
  });
});
