interface Waiting {
  readonly enter: () => void;
}

/** Lets work through a few at a time. The rest waits in order, for a while, and no more of it than a bound. */
export class Turnstile {
  private inside = 0;
  private readonly queue = new Set<Waiting>();

  /** @param refusal what is thrown where the queue is full, or the wait too long (milliseconds) */
  constructor(
    private readonly atOnce: number,
    private readonly mostWaiting: number,
    private readonly longestWait: number,
    private readonly refusal: () => Error,
  ) {}

  /** Whether whoever comes now is refused. */
  get isFull(): boolean {
    return this.queue.size >= this.mostWaiting;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside < this.atOnce) this.inside += 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Resolves when a place has been handed over. */
  private turn(): Promise<void> {
    if (this.isFull) return Promise.reject(this.refusal());
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.queue.delete(waiting);
        reject(this.refusal());
      }, this.longestWait);
      const waiting: Waiting = {
        enter: () => {
          clearTimeout(giveUp);
          resolve();
        },
      };
      this.queue.add(waiting);
    });
  }

  /** Hands the place to whoever waits longest. */
  private leave(): void {
    const [next] = this.queue;
    if (next === undefined) {
      this.inside -= 1;
      return;
    }
    this.queue.delete(next);
    next.enter();
  }
}
