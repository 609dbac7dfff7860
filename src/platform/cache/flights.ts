interface Fresh {
  readonly running: Promise<unknown>;
  next: Promise<unknown> | undefined;
}

/** Lets callers who want the same thing at the same time wait for one piece of work. */
export class Flights {
  private readonly shared = new Map<string, Promise<unknown>>();
  private readonly fresh = new Map<string, Fresh>();

  /** Joins the work under way for a key, or starts it. */
  share<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.shared.get(key);
    if (running !== undefined) return running as Promise<T>;
    const flight = work().finally(() => this.shared.delete(key));
    this.shared.set(key, flight);
    return flight;
  }

  /**
   * Joins work for a key that starts no earlier than this call, so that what it reads is no older. One piece of work
   * runs at a time; all who come meanwhile share the next.
   */
  shareFresh<T>(key: string, work: () => Promise<T>): Promise<T> {
    const flight = this.fresh.get(key);
    if (flight === undefined) return this.start(key, work);
    const again = (): Promise<T> => this.start(key, work);
    flight.next ??= flight.running.then(again, again);
    return flight.next as Promise<T>;
  }

  private start<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = work();
    const flight: Fresh = { running, next: undefined };
    this.fresh.set(key, flight);
    const ended = (): void => {
      if (flight.next === undefined) this.fresh.delete(key);
    };
    running.then(ended, ended);
    return running;
  }
}
