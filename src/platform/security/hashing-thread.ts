import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Options } from '@node-rs/argon2';

/** So much lower than the process that it takes what nobody else wants, and not so low that it waits for ever. */
const NICENESS = 10;

interface Calls {
  readonly hash: { readonly arguments: [password: string, options: Options]; readonly result: string };
  readonly verify: { readonly arguments: [hash: string, password: string]; readonly result: boolean };
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly problem?: string;
}

// Where the system knows priorities of threads, this one's is lowered: it has a core to itself only as long as nobody
// else wants that. A text and not a file, so that it runs the same from the sources and from the build.
const SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { hashSync, verifySync } = require(workerData.argon2);
try {
  const thread = require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1);
  const { getPriority, setPriority } = require('node:os');
  setPriority(Number(thread), Math.min(19, getPriority() + workerData.niceness));
} catch {}
const calls = { hash: hashSync, verify: verifySync };
parentPort.on('message', ({ id, call, values }) => {
  try {
    parentPort.postMessage({ id, result: calls[call](...values) });
  } catch (error) {
    parentPort.postMessage({ id, problem: error.message });
  }
});`;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A thread with a low priority that hashes passwords with argon2id, one after another; it starts when it is needed. */
export class HashingThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  /** @throws {Error} where the password or the options are not what argon2 takes, or the thread has died */
  hash(password: string, options: Options): Promise<string> {
    return this.call('hash', [password, options]);
  }

  /** @throws {Error} where the hash is not one, or the thread has died */
  verify(hash: string, password: string): Promise<boolean> {
    return this.call('verify', [hash, password]);
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
  }

  private call<Name extends keyof Calls>(call: Name, values: Calls[Name]['arguments']): Promise<Calls[Name]['result']> {
    this.worker ??= this.start();
    const { worker } = this;
    this.calls += 1;
    const id = this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, call, values });
    });
  }

  private start(): Worker {
    const workerData = { argon2: createRequire(import.meta.url).resolve('@node-rs/argon2'), niceness: NICENESS };
    const worker = new Worker(SOURCE, { eval: true, workerData, execArgv: [] });
    let cause: Error | undefined;
    worker.on('message', (answer: Answer) => this.answered(worker, answer));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      this.worker = undefined;
      const left = [...this.waiting.values()];
      this.waiting.clear();
      for (const { reject } of left) reject(new Error('The thread that hashes passwords has ended.', { cause }));
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
