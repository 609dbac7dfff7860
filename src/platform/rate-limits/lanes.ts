interface Lane {
  last: Promise<unknown>;
  waiting: number;
}

/** Runs work one after another for each key, and work of different keys side by side. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();

  /** @param refusal what is thrown where already so much work waits for the same key */
  constructor(
    private readonly mostWaiting: number,
    private readonly refusal: () => Error,
  ) {}

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (lane.waiting > this.mostWaiting) throw this.refusal();
    this.lanes.set(key, lane);
    lane.waiting += 1;
    const turn = lane.last.then(work);
    lane.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.lanes.delete(key);
    }
  }

  get size(): number {
    return this.lanes.size;
  }
}
