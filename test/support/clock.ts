import { Clock } from '../../src/common/clock.js';

/** A clock that starts at the real time and moves on only when told, on top of the time that passes. */
export class TestClock extends Clock {
  private offset = 0;

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }
}
