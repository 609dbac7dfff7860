/** What came before did not come about as it stands: to be done again once it has. */
class OutOfTurn extends Error {}

/** A piece of work in a row of them. */
export interface Task {
  /** Whether it may be begun while the one before it is still under way. */
  mayRunAhead(): boolean;
  /** @param turn comes when the one before has come about; what this one does may stand only after that */
  run(turn: () => Promise<void>): Promise<void>;
}

/** How far a piece of work has got. */
interface Progress {
  /** Comes when it has come about at its first try, and fails where it has not. */
  readonly tried: Promise<void>;
  readonly done: Promise<void>;
}

const NOTHING: Progress = { tried: Promise.resolve(), done: Promise.resolve() };
const AT_ONCE = (): Promise<void> => Promise.resolve();

/**
 * Does pieces of work a few at a time, and has them come about in their order. Whoever runs ahead waits for the one
 * before while it holds what that may need, which no database can see: so where a try fails in a way that passes, it and
 * those behind it are done again, and from then on one by one.
 */
export class InTurn {
  /** The latest, in their order. */
  private readonly underWay: Progress[] = [];
  private oneByOne = false;

  /**
   * @param most how many are under way at a time
   * @param passes whether what has failed so may be tried again
   */
  constructor(
    private readonly most: number,
    private readonly passes: (error: unknown) => boolean,
  ) {}

  /**
   * Begins a piece of work as soon as there is room for it.
   * @throws whatever an earlier one has failed with
   */
  async add(task: Task): Promise<void> {
    const before = this.underWay.at(-1) ?? NOTHING;
    if (this.underWay.length === this.most) await this.underWay.shift()?.done;
    const tried = this.attempt(task, before);
    const done = tried.catch((error: unknown) => this.repeat(task, before, error));
    // They are awaited later; until then nobody is there to hear of a failure.
    for (const promise of [tried, done]) promise.catch(() => undefined);
    this.underWay.push({ tried, done });
  }

  /**
   * Comes when nothing is under way any more.
   * @throws whatever the first one that failed has failed with
   */
  async end(): Promise<void> {
    const all = this.underWay.map(({ done }) => done);
    await Promise.allSettled(all);
    await Promise.all(all);
  }

  private async attempt(task: Task, before: Progress): Promise<void> {
    if (!this.oneByOne && task.mayRunAhead()) {
      return task.run(() =>
        before.tried.catch(() => {
          throw new OutOfTurn();
        }),
      );
    }
    await before.done;
    return task.run(AT_ONCE);
  }

  private async repeat(task: Task, before: Progress, error: unknown): Promise<void> {
    if (!(error instanceof OutOfTurn) && !this.passes(error)) throw error;
    this.oneByOne = true;
    await before.done;
    await task.run(AT_ONCE);
  }
}
