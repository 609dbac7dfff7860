/** Which keys something is under way for in this process. */
export class UnderWay {
  private readonly counts = new Map<string, number>();

  /** Runs work for a key, and tells it whether other work for the same key was under way when it came. */
  async run<T>(key: string, work: (besideOthers: boolean) => Promise<T>): Promise<T> {
    const others = this.counts.get(key) ?? 0;
    this.counts.set(key, others + 1);
    try {
      return await work(others > 0);
    } finally {
      const left = (this.counts.get(key) ?? 1) - 1;
      if (left === 0) this.counts.delete(key);
      else this.counts.set(key, left);
    }
  }
}
