interface Caller<R> {
  readonly resolve: (row: R | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** As many keys as one statement takes. */
const MOST = 100;

/**
 * Reads rows by their key. Requests that have arrived together are read together: what is asked for in one turn of the
 * event loop goes to the database as one statement at the end of that turn, so nobody waits for company, and nobody is
 * answered by a statement that was sent before they asked.
 */
export class GatheredReads<R> {
  private waiting = new Map<string, Caller<R>[]>();

  /**
   * @param read the rows of some keys, in any order, without those that are not there; outside of any transaction
   * @param keyOf the key of a row, as it was asked for
   */
  constructor(
    private readonly read: (keys: readonly string[]) => Promise<readonly R[]>,
    private readonly keyOf: (row: R) => string,
  ) {}

  /** The row of a key; undefined where there is none. */
  find(key: string): Promise<R | undefined> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => this.send());
      const callers = this.waiting.get(key);
      if (callers === undefined) this.waiting.set(key, [{ resolve, reject }]);
      else callers.push({ resolve, reject });
    });
  }

  private send(): void {
    const all = [...this.waiting];
    this.waiting = new Map();
    for (let from = 0; from < all.length; from += MOST) void this.answer(new Map(all.slice(from, from + MOST)));
  }

  private async answer(asked: ReadonlyMap<string, readonly Caller<R>[]>): Promise<void> {
    try {
      const rows = await this.read([...asked.keys()]);
      const byKey = new Map(rows.map((row) => [this.keyOf(row), row]));
      for (const [key, callers] of asked) for (const { resolve } of callers) resolve(byKey.get(key));
    } catch (error) {
      for (const callers of asked.values()) for (const { reject } of callers) reject(error);
    }
  }
}
