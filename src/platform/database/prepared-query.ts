import type { Connection, QueryResultRow, Submittable } from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import { arrayParameter } from './array-parameter.js';
import type { Statement } from './statement.js';
import { types } from './types.js';

export interface Rows<R> {
  readonly rows: R[];
  /** Rows that the command touched, whether or not it returns them. */
  readonly count: number;
}

type Callback<R> = (error: Error | null | undefined, results: Rows<R>[]) => void;

/** A connection or a pool of them, as pg runs a query that is more than a text. */
export interface Runner {
  query<R extends QueryResultRow>(query: PreparedQuery<R>, values: undefined, callback: Callback<R>): unknown;
}

/** What pg has of a connection, past its types. */
interface Wire extends Pick<Connection, 'stream' | 'sync'> {
  /** Texts of the statements that the connection knows, by name. */
  readonly parsedStatements: Readonly<Record<string, string>>;
  parse(statement: Statement): void;
  bind(message: { readonly statement: string; readonly values: readonly (string | Buffer | null)[] }): void;
  describe(message: { readonly type: 'P' }): void;
  execute(message?: undefined): void;
}

interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

/** How the rows of a statement read. */
interface Shape {
  readonly columns: readonly { readonly name: string; readonly parse: (text: string) => unknown }[];
  /** A row of nothing but null. */
  readonly blank: Readonly<Record<string, unknown>>;
}

/**
 * What each connection has told of its statements. PostgreSQL fails a prepared statement whose columns are not what they
 * were rather than answer it, so they hold for as long as the connection does.
 */
const shapes = new WeakMap<Wire, Map<string, Shape>>();

/** Dates in UTC, as the engine writes them: the driver puts the time of this machine together by hand. */
const parameterOf = (value: unknown): string | Buffer | null =>
  value instanceof Date ? value.toISOString() : prepareValue(arrayParameter(value));

/**
 * A statement that is prepared by name, once a connection, and run once or several times: all of it in one transaction,
 * for which PostgreSQL is asked in one message. pg's own query asks for the columns at every run, and makes an
 * event of every row: of a statement of thirty columns and two rows, that is most of its work. (Protocol: PostgreSQL
 * documentation, 55.2.3 Extended Query.)
 */
export class PreparedQuery<R extends QueryResultRow> implements Submittable {
  readonly name: string;
  readonly text: string;
  /** Set by pg, which wraps it in its time-out. */
  callback: Callback<R> | undefined;
  private readonly runs: readonly (readonly (string | Buffer | null)[])[];
  /** Of the run that is being answered. */
  private rows: R[] = [];
  private readonly results: Rows<R>[] = [];
  private shape: Shape | undefined;
  /** Whether the columns are asked for. */
  private described = false;
  private failure: Error | undefined;

  /**
   * @param runs the values of each run
   * @throws {TypeError} for a value that cannot be written, such as an object that holds itself
   * @throws {RangeError} for a date that is none
   */
  constructor(statement: Statement, runs: readonly (readonly unknown[])[]) {
    this.name = statement.name;
    this.text = statement.text;
    this.runs = runs.map((values) => values.map(parameterOf));
  }

  /** What each run answered. Where one fails, nothing of any stands. */
  async run(runner: Runner): Promise<Rows<R>[]> {
    try {
      return await new Promise((resolve, reject) => {
        runner.query(this, undefined, (error, results) => {
          if (error) reject(error);
          else resolve(results);
        });
      });
    } catch (error) {
      // The stack should lead to whoever asked, not to the socket.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }

  submit(connection: Pick<Connection, 'stream' | 'sync'>): Error | null {
    const wire = connection as Wire;
    const known = wire.parsedStatements[this.name];
    if (known !== undefined && known !== this.text) {
      return new Error(`Two statements are called ${this.name}.`);
    }
    this.shape = shapes.get(wire)?.get(this.name);
    // All messages in one write.
    wire.stream.cork();
    if (known === undefined) wire.parse(this);
    this.described = this.shape === undefined;
    for (const [index, values] of this.runs.entries()) {
      wire.bind({ statement: this.name, values });
      if (this.described && index === 0) wire.describe({ type: 'P' });
      wire.execute();
    }
    wire.sync();
    wire.stream.uncork();
    return null;
  }

  handleRowDescription({ fields }: { readonly fields: readonly Column[] }): void {
    this.shape = {
      columns: fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID) })),
      blank: Object.fromEntries(fields.map(({ name }) => [name, null])),
    };
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.rows.push(this.rowOf(fields) as R);
    } catch (error) {
      // What is thrown here would end the process.
      this.failure ??= error as Error;
    }
  }

  handleCommandComplete({ text }: { readonly text: string }, connection: Wire): void {
    this.results.push({ rows: this.rows, count: Number(/\d+$/.exec(text)?.[0] ?? 0) });
    this.rows = [];
    if (this.described) this.remember(connection);
  }

  handleReadyForQuery(): void {
    if (this.failure === undefined) this.callback?.(null, this.results);
    else this.handleError(this.failure);
  }

  handleError(error: Error): void {
    this.callback?.(error, []);
  }

  private remember(connection: Wire): void {
    const known = shapes.get(connection) ?? new Map<string, Shape>();
    // A statement without columns has none to tell.
    shapes.set(connection, known.set(this.name, this.shape ?? { columns: [], blank: {} }));
  }

  private rowOf(fields: readonly (string | null)[]): Record<string, unknown> {
    if (this.shape === undefined) throw new Error(`A row of ${this.name} came before its columns.`);
    const row: Record<string, unknown> = { ...this.shape.blank };
    let index = 0;
    for (const { name, parse } of this.shape.columns) {
      const text = fields[index++];
      if (typeof text === 'string') row[name] = parse(text);
    }
    return row;
  }
}
