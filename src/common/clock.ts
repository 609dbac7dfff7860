/** Where the application gets the time from, so that expiry can be tried without waiting. */
export abstract class Clock {
  abstract now(): Date;

  /** The same in milliseconds since the epoch, for what asks often. */
  milliseconds(): number {
    return this.now().getTime();
  }

  /** Changes when the clock is put back on purpose, which tells that apart from a machine's clock that wavers. */
  get epoch(): number {
    return 0;
  }
}

/** The clock of the machine. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  override milliseconds(): number {
    return Date.now();
  }
}
