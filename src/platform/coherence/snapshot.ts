/**
 * Which transactions had been committed at a moment, as PostgreSQL tells it (`pg_current_snapshot()`): all below `xmin`,
 * none from `xmax` on, and of those in between the ones that are not listed.
 */
export class Snapshot {
  private readonly xmin: number;
  private readonly xmax: number;
  private readonly running: ReadonlySet<number>;

  constructor(readonly text: string) {
    const [xmin = Number.NaN, xmax = Number.NaN] = text.split(':', 2).map(Number);
    const list = text.slice(text.lastIndexOf(':') + 1);
    this.xmin = xmin;
    this.xmax = xmax;
    this.running = new Set(list === '' ? [] : list.split(',').map(Number));
  }

  /** Whether what a transaction wrote was to be seen. Of a text that is no snapshot, nothing is. */
  sees(xid: number): boolean {
    return xid < this.xmin || (xid < this.xmax && !this.running.has(xid));
  }

  /** Whether all up to a transaction had ended. */
  seesAllUpTo(xid: number): boolean {
    return xid < this.xmin;
  }

  /** Whether everything was to be seen that the other one shows. */
  covers(other: Snapshot): boolean {
    if (!(other.xmax <= this.xmax)) return false;
    for (const xid of this.running) if (other.sees(xid)) return false;
    return true;
  }
}
