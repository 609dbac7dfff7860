import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ClientBase } from 'pg';
import type { QueryRunner } from 'typeorm';
import { Database, type IsolationLevel, type Transaction } from './database.js';
import { isTimeLimit, isTransient } from './failures.js';

const ATTEMPTS = 5;

/** Thrown by work that would come about if it were started again in a new transaction. */
export abstract class StartAgain extends Error {}

interface Committed<T> {
  readonly result: T;
  readonly hooks: Transaction['afterCommit'];
}

/**
 * Runs business code in one transaction. Only repositories can look inside it: they find it in their asynchronous
 * context. A nested run joins the outer one.
 */
@Injectable()
export class UnitOfWork {
  private readonly logger = new Logger(UnitOfWork.name);

  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * Runs `work` in a transaction and commits what it did, or rolls all of it back when it throws. A deadlock, a
   * serialization failure or a `StartAgain` starts `work` again in a new transaction, so it may touch nothing but the
   * database.
   * @throws {Error} when the isolation level would have to rise inside a transaction that runs already
   */
  async run<T>(work: () => Promise<T>, isolation: IsolationLevel = 'READ COMMITTED'): Promise<T> {
    const outer = this.database.current();
    if (outer !== undefined) {
      if (isolation !== 'READ COMMITTED' && isolation !== outer.isolation) {
        throw new Error(`A transaction at ${outer.isolation} is under way; ${isolation} cannot be had inside it.`);
      }
      return work();
    }
    const { result, hooks } = await this.persist(work, isolation);
    // The connection is back in the pool by now: a hook that needs one cannot wait for its own.
    for (const hook of hooks) await this.runHook(hook);
    return result;
  }

  /** Whether work failed because it waited for a lock or ran for too long: nothing of it stands. */
  ranOutOfTime(error: unknown): boolean {
    return isTimeLimit(error);
  }

  /** Work to do once the transaction of this context has committed; at once where there is none. Never fails it. */
  afterCommit(work: () => void | Promise<void>): void {
    const transaction = this.database.current();
    if (transaction === undefined) void this.runHook(work);
    else transaction.afterCommit.push(work);
  }

  /** Runs work apart from the transaction of this context: what it writes stands whatever becomes of that. */
  outside<T>(work: () => T): T {
    return this.database.outside(work);
  }

  /** Whether no statement is under way in this process. */
  get idle(): boolean {
    return this.database.statements.idle;
  }

  /** Calls back once no statement is under way; what it gives back forgets that again. */
  onceIdle(listener: () => void): () => void {
    return this.database.statements.onceIdle(listener);
  }

  /** Whether a transaction is under way in this context. */
  get active(): boolean {
    return this.database.current() !== undefined;
  }

  /** Stays with its connection until it comes about: all others may be held by those who wait for it. */
  private async persist<T>(work: () => Promise<T>, isolation: IsolationLevel): Promise<Committed<T>> {
    const runner = this.database.dataSource.createQueryRunner();
    // Beyond the work: a promise that was left floating is to be told that its transaction has ended.
    const release = this.database.holdTransactions();
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.transact(runner, work, isolation);
        } catch (error) {
          if (!(error instanceof StartAgain || isTransient(error)) || attempt === ATTEMPTS) throw error;
          await delay(Math.random() * 10 * 2 ** attempt);
        }
      }
    } finally {
      await runner.release().catch(() => undefined);
      release();
    }
  }

  private async transact<T>(
    runner: QueryRunner,
    work: () => Promise<T>,
    isolation: IsolationLevel,
  ): Promise<Committed<T>> {
    const client: ClientBase = await runner.connect();
    await runner.startTransaction(isolation);
    const hooks: Transaction['afterCommit'] = [];
    const transaction: Transaction = { manager: runner.manager, client, afterCommit: hooks, isolation, open: true };
    try {
      const result = await this.database.within(transaction, work);
      transaction.open = false;
      await runner.commitTransaction();
      return { result, hooks };
    } catch (error) {
      transaction.open = false;
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
  }

  private async runHook(hook: () => void | Promise<void>): Promise<void> {
    try {
      await hook();
    } catch (error) {
      this.logger.error({ err: error }, 'Work after a commit failed; what was committed stands.');
    }
  }
}
