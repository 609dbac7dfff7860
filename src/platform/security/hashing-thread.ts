import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { Options } from '@node-rs/argon2';
import { BackgroundThread } from '../threads/background-thread.js';

const MANNERS = {
  /** So much lower than the process that it takes what nobody else wants, and not so low that it waits for ever. */
  niceness: 10,
  // With two cores, one that hashes without a pause leaves a single one to everything else, whatever the priorities: the
  // requests of others then wait for whole time slices.
  rest: availableParallelism() > 2 ? 0 : 1,
};

interface Calls {
  readonly hash: { readonly arguments: [password: string, options: Options]; readonly result: string };
  readonly verify: { readonly arguments: [hash: string, password: string]; readonly result: boolean };
}

const SOURCE = `
const { hashSync, verifySync } = require(workerData.argon2);
const calls = { hash: hashSync, verify: verifySync };`;

/** A thread with a low priority that hashes passwords with argon2id, one after another; it starts when it is needed. */
export class HashingThread {
  private readonly thread = new BackgroundThread<Calls>(
    'hashes passwords',
    SOURCE,
    { argon2: createRequire(import.meta.url).resolve('@node-rs/argon2') },
    MANNERS,
  );

  /** @throws {Error} where the password or the options are not what argon2 takes, or the thread has died */
  hash(password: string, options: Options): Promise<string> {
    return this.thread.call('hash', password, options);
  }

  /** @throws {Error} where the hash is not one, or the thread has died */
  verify(hash: string, password: string): Promise<boolean> {
    return this.thread.call('verify', hash, password);
  }

  stop(): Promise<void> {
    return this.thread.stop();
  }
}
