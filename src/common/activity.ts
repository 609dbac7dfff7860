/** How much of something is under way, for those who would do more of it once there is none. */
export class Activity {
  private underWay = 0;
  private readonly listeners = new Set<() => void>();

  get idle(): boolean {
    return this.underWay === 0;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
      // Whoever was waiting for this work may go on with more of it at once.
      if (this.idle && this.listeners.size > 0) setImmediate(() => this.tell());
    }
  }

  /**
   * Calls back once, when nothing is under way any more.
   * @returns forgets it again
   */
  onceIdle(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    if (!this.idle) return;
    const told = [...this.listeners];
    this.listeners.clear();
    for (const listener of told) listener();
  }
}
