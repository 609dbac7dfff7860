import type { ClientBase, Pool, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Activity } from '../../common/activity.js';
import { ContextStorage } from '../../common/context-storage.js';
import { arrayParameter } from './array-parameter.js';
import { PreparedQuery, type Rows, type Runner } from './prepared-query.js';
import type { Statement } from './statement.js';

/** A transaction under way: what its repositories read and write through. */
export interface Transaction {
  readonly manager: EntityManager;
  readonly client: ClientBase;
  readonly afterCommit: (() => void | Promise<void>)[];
  readonly isolation: IsolationLevel;
  open: boolean;
}

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/**
 * The way to PostgreSQL: statements go to the transaction that is under way in this asynchronous context, or to any
 * connection of the pool where there is none.
 */
export class Database {
  /** The statements of repositories. */
  readonly statements = new Activity();
  private readonly transactions = new ContextStorage<Transaction>();

  constructor(
    readonly dataSource: DataSource,
    /** For connections apart from the pool: listening, leadership. */
    readonly url: string,
  ) {}

  /**
   * The transaction of this asynchronous context.
   * @throws {Error} when it has ended: some promise was left floating past it
   */
  current(): Transaction | undefined {
    const transaction = this.transactions.current();
    if (transaction !== undefined && !transaction.open) {
      throw new Error('A query was made after its transaction had ended: a promise was not awaited inside it.');
    }
    return transaction;
  }

  /**
   * Lets queries know, until what is given back is called, which transaction they are made within, or that it has ended.
   */
  holdTransactions(): () => void {
    return this.transactions.hold();
  }

  within<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
    return this.transactions.run(transaction, work);
  }

  /** Runs work outside the transaction of this context, if there is one. */
  outside<T>(work: () => T): T {
    return this.transactions.outside(work);
  }

  /** Ends every connection of the pool. */
  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  get manager(): EntityManager {
    return this.current()?.manager ?? this.dataSource.manager;
  }

  /** Runs a statement that is prepared by name. */
  async run<R extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []): Promise<Rows<R>> {
    const [result] = await this.runEach<R>(statement, [values]);
    return result as Rows<R>;
  }

  /** Runs it once for each list of values, in one transaction and one round trip. */
  runEach<R extends QueryResultRow>(statement: Statement, runs: readonly (readonly unknown[])[]): Promise<Rows<R>[]> {
    const target = this.current()?.client ?? this.pool;
    const query = new PreparedQuery<R>(statement, runs);
    return this.statements.during(() => query.run(target as unknown as Runner));
  }

  /** Runs an SQL text that differs from call to call, such as a filtered list. */
  async runText<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> {
    const target = this.current()?.client ?? this.pool;
    const result = await this.statements.during(() => target.query<R>(text, values.map(arrayParameter)));
    return { rows: result.rows, count: result.rowCount ?? 0 };
  }

  /** Connections by state, for the metrics. */
  poolUse(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.pool;
    return { total, idle, waiting };
  }

  private get pool(): Pool {
    // TypeORM types its driver loosely; `master` is the pg.Pool of the connection.
    return (this.dataSource.driver as unknown as { readonly master: Pool }).master;
  }
}
