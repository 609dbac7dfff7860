import { wasRolledBack } from './failures.js';

interface Waiting<A, R> {
  readonly asked: A;
  readonly order: string;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** As many transactions at a time: while the disk takes in one, PostgreSQL works on the other. */
const AT_A_TIME = 2;
/** Most writes of one transaction. */
const MOST = 16;
/** A transaction that takes longer waits for a lock, and nobody else shall wait for it. */
const HELD_UP_MS = 20;

/**
 * Writes for several callers in one transaction: a commit has to reach the disk, and costs PostgreSQL and the connection
 * as much as a small statement does. Whoever comes while few transactions are under way waits for nothing; the others go
 * into the next one together. Everybody is answered once it has been committed.
 */
export class GatheredWrites<A, R> {
  private waiting: Waiting<A, R>[] = [];
  private free = AT_A_TIME;

  /** @param write writes all that is asked for in one transaction of its own, and gives a result for each */
  constructor(private readonly write: (asked: readonly A[]) => Promise<readonly R[]>) {}

  /**
   * @param order names what is locked: a transaction takes its locks in the order of these texts
   * @throws whatever this write alone fails with, or all of a transaction whose connection has gone
   */
  add(asked: A, order: string): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked, order, resolve, reject });
      this.begin();
    });
  }

  private begin(): void {
    while (this.free > 0 && this.waiting.length > 0) {
      const together = this.waiting.splice(0, MOST);
      together.sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)));
      void this.carryOut(together);
    }
  }

  private async carryOut(together: readonly Waiting<A, R>[]): Promise<void> {
    this.free -= 1;
    let over = false;
    const makeRoom = (): void => {
      if (over) return;
      over = true;
      this.free += 1;
      this.begin();
    };
    const timer = setTimeout(makeRoom, HELD_UP_MS);
    await this.answer(together);
    clearTimeout(timer);
    makeRoom();
  }

  /** Should it fail, whatever is wrong with one must not harm the others: each is written by itself. */
  private async answer(together: readonly Waiting<A, R>[]): Promise<void> {
    try {
      const results = await this.write(together.map(({ asked }) => asked));
      for (const [index, { resolve }] of together.entries()) resolve(results[index] as R);
    } catch (error) {
      // What may have been committed must not be written again.
      if (together.length > 1 && wasRolledBack(error)) await Promise.all(together.map((one) => this.answer([one])));
      else for (const { reject } of together) reject(error);
    }
  }
}
