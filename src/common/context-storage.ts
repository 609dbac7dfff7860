import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A value that is known to all work done within other work, however asynchronously. For as long as an AsyncLocalStorage
 * is in use, Node runs hooks at each promise of the process, which costs a small request a tenth of its time: this one is
 * in use only while somebody holds it.
 */
export class ContextStorage<T> {
  private readonly storage = new AsyncLocalStorage<T | undefined>();
  private holders = 0;

  /** Runs work that knows the value until it has settled. */
  async run<R>(value: T, work: () => Promise<R>): Promise<R> {
    const release = this.hold();
    try {
      return await this.storage.run(value, work);
    } finally {
      release();
    }
  }

  /**
   * Keeps the storage in use beyond the work itself.
   * @returns ends that; to be called once
   */
  hold(): () => void {
    this.holders += 1;
    return () => {
      this.holders -= 1;
      if (this.holders === 0) this.storage.disable();
    };
  }

  /** Runs work that knows no value. */
  outside<R>(work: () => R): R {
    return this.current() === undefined ? work() : this.storage.run(undefined, work);
  }

  current(): T | undefined {
    return this.storage.getStore();
  }
}
