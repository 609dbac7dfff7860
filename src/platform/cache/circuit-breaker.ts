/**
 * Stops asking what has failed several times in a row, and lets one request through from time to time to see whether
 * it is back. Times are in milliseconds.
 */
export class CircuitBreaker {
  private failures = 0;
  private closedAgainAt = 0;

  constructor(
    private readonly threshold: number,
    private readonly openMs: number,
  ) {}

  /** Whether to ask now. While it is open, a yes is the one trial of that period. */
  allows(now: number): boolean {
    if (!this.open) return true;
    if (now < this.closedAgainAt) return false;
    this.closedAgainAt = now + this.openMs;
    return true;
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(now: number): void {
    this.failures += 1;
    if (this.open) this.closedAgainAt = now + this.openMs;
  }

  get open(): boolean {
    return this.failures >= this.threshold;
  }
}
