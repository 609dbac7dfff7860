import { setImmediate as endOfTurn } from 'node:timers/promises';

interface Fresh {
  readonly running: Promise<unknown>;
  next: Promise<unknown> | undefined;
}

/** Lets callers who want the same thing at the same time wait for one piece of work. */
export class Flights {
  private readonly shared = new Map<string, Promise<unknown>>();
  private readonly fresh = new Map<string, Fresh>();
  /** Work that has not begun, and that which has, of those who share both. */
  private readonly gathering = new Map<string, Promise<unknown>>();
  private readonly underWay = new Map<string, Promise<unknown>>();

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

  /**
   * Like {@link shareFresh}, for what many ask for at once: work begins at the end of a turn of the event loop, so that
   * all who come in that turn share it too.
   */
  shareSoon<T>(key: string, work: () => Promise<T>): Promise<T> {
    const gathering = this.gathering.get(key);
    if (gathering !== undefined) return gathering as Promise<T>;
    const begin = async (): Promise<T> => {
      await endOfTurn();
      this.gathering.delete(key);
      const running = work();
      this.underWay.set(key, running);
      return running.finally(() => {
        if (this.underWay.get(key) === running) this.underWay.delete(key);
      });
    };
    const before = this.underWay.get(key);
    const flight = before === undefined ? begin() : before.then(begin, begin);
    this.gathering.set(key, flight);
    return flight;
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
