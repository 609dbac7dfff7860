import { Clock } from '../../common/clock.js';
import type { Config } from '../../config/config.js';

/** Whether the time of this process can be moved. In production it cannot, whatever is set. */
export function hasTestClock({ NODE_ENV, TEST_CLOCK_ENABLED }: Config): boolean {
  return NODE_ENV !== 'production' && TEST_CLOCK_ENABLED;
}

/** A clock that runs as another one does, so much ahead of it or behind it. */
export class AdjustableClock extends Clock {
  private offset = 0;
  private putBack = 0;

  constructor(private readonly machine: Clock) {
    super();
  }

  now(): Date {
    return new Date(this.milliseconds());
  }

  override milliseconds(): number {
    return this.machine.milliseconds() + this.offset;
  }

  override get epoch(): number {
    return this.putBack;
  }

  /** Milliseconds between this clock and the machine's. */
  get offsetMs(): number {
    return this.offset;
  }

  /** @returns whether that moves the clock */
  set(offsetMs: number): boolean {
    if (offsetMs === this.offset) return false;
    if (offsetMs < this.offset) this.putBack += 1;
    this.offset = offsetMs;
    return true;
  }
}
