import { Worker } from 'node:worker_threads';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly problem?: string;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const BEFORE = `
const { parentPort, workerData: { manners, ...workerData } } = require('node:worker_threads');
const clock = new Int32Array(new SharedArrayBuffer(4));`;
// Where the system knows priorities of threads.
const POLITELY = `
try {
  const thread = require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1);
  const { getPriority, setPriority } = require('node:os');
  setPriority(Number(thread), Math.min(19, getPriority() + manners.niceness));
} catch {}`;
const AFTER = `
parentPort.on('message', async ({ id, call, values }) => {
  const began = performance.now();
  try {
    parentPort.postMessage({ id, result: await calls[call](...values) });
  } catch (error) {
    parentPort.postMessage({ id, problem: error.message });
  }
  if (manners !== undefined) Atomics.wait(clock, 0, 0, manners.rest * (performance.now() - began));
});`;

/** What a thread does, by the names of its calls. */
export type Calls<Names extends string = string> = Readonly<
  Record<Names, { readonly arguments: readonly unknown[]; readonly result: unknown }>
>;

/** How much a thread gives way to others. */
export interface Manners {
  /** Added to the niceness of the process, where the system knows that of threads. */
  readonly niceness: number;
  /** How long it rests after a call, in times of what that took. */
  readonly rest: number;
}

/** A thread that works for the process; it starts when it is needed. */
export class BackgroundThread<C extends Calls<Extract<keyof C, string>>> {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  /**
   * @param does what it does, for errors: `hashes passwords`
   * @param source JavaScript that defines `calls`, functions by their names. A text and not a file, so that it runs the
   *   same from the sources and from the build
   * @param workerData what the source finds under that name
   * @param manners of one that does much for few; without them it is a thread like any other
   */
  constructor(
    private readonly does: string,
    private readonly source: string,
    private readonly workerData: Readonly<Record<string, unknown>>,
    private readonly manners?: Manners,
  ) {}

  /** @throws {Error} where the call does, or the thread has died */
  call<Name extends Extract<keyof C, string>>(name: Name, ...values: C[Name]['arguments']): Promise<C[Name]['result']> {
    this.worker ??= this.start();
    const { worker } = this;
    this.calls += 1;
    const id = this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, call: name, values });
    });
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
  }

  private start(): Worker {
    const source = BEFORE + (this.manners === undefined ? '' : POLITELY) + this.source + AFTER;
    const workerData = { ...this.workerData, manners: this.manners };
    const worker = new Worker(source, { eval: true, workerData, execArgv: [] });
    let cause: Error | undefined;
    worker.on('message', (answer: Answer) => this.answered(worker, answer));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      this.worker = undefined;
      const left = [...this.waiting.values()];
      this.waiting.clear();
      for (const { reject } of left) reject(new Error(`The thread that ${this.does} has ended.`, { cause }));
    });
    return worker;
  }

  private answered(worker: Worker, { id, result, problem }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    // An idle thread keeps no process alive.
    if (this.waiting.size === 0) worker.unref();
    if (problem === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(problem));
  }
}
