import { Injectable } from '@nestjs/common';
import type { QueryResultRow } from 'pg';
import type { EntityManager, EntityTarget, ObjectLiteral, Repository } from 'typeorm';
import { Database } from './database.js';
import { failedWith, violatedConstraint } from './failures.js';
import type { Statement } from './statement.js';

const DIVISION_BY_ZERO = '22012';

/**
 * What every repository stands on: the current transaction's manager, and statements prepared by name. Decorated so
 * that subclasses without a constructor of their own inherit what Nest has to inject.
 */
@Injectable()
export abstract class BaseRepository {
  constructor(private readonly database: Database) {}

  protected get manager(): EntityManager {
    return this.database.manager;
  }

  protected entities<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    return this.manager.getRepository(entity);
  }

  /** Whether a transaction is under way in this context. */
  protected get inTransaction(): boolean {
    return this.database.current() !== undefined;
  }

  /** Runs work for several callers, of whom one may be inside a transaction, outside of it. */
  protected outside<T>(work: () => T): T {
    return this.database.outside(work);
  }

  protected async rows<R extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.database.run<R>(statement, values)).rows;
  }

  /** Runs a statement for each list of values, in one transaction and one round trip; all of it or nothing. */
  protected async rowsOfEach<R extends QueryResultRow>(
    statement: Statement,
    runs: readonly (readonly unknown[])[],
  ): Promise<R[][]> {
    return (await this.database.runEach<R>(statement, runs)).map(({ rows }) => rows);
  }

  protected async first<R extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<R | undefined> {
    return (await this.database.run<R>(statement, values)).rows[0];
  }

  /**
   * Runs a statement that divides by zero where its parts do not agree, because a row that it had to wait for has
   * changed meanwhile.
   * @returns undefined where it did: nothing was written, and it may be tried again
   */
  protected async guarded<R extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<R[] | undefined> {
    try {
      return await this.rows<R>(statement, values);
    } catch (error) {
      if (failedWith(error, DIVISION_BY_ZERO)) return undefined;
      throw error;
    }
  }

  /** Runs a statement for its effect and gives the number of rows that it touched. */
  protected async affect(statement: Statement, values: readonly unknown[] = []): Promise<number> {
    return (await this.database.run(statement, values)).count;
  }

  protected async rowsOf<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.database.runText<R>(text, values)).rows;
  }

  /** Runs a write and turns a violated constraint, by its name, into the domain error made for it. */
  protected async mapping<T>(errors: Readonly<Record<string, () => Error>>, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      const make = errors[violatedConstraint(error) ?? ''];
      throw make === undefined ? error : make();
    }
  }
}
