/** Most members of one batch. */
const MAX_BATCH = 32;
/** Longest that a batch waits for more members, whatever the last one took. */
const MAX_REST_MS = 20;
/** So many share what it costs to begin a statement well enough: they wait for no more. */
const ENOUGH = 4;

/** What became of a batch. */
export interface Written<R> {
  /** One for each member, in their order. */
  readonly results: readonly R[];
  /** Ends when the members may hear of it; the next batch does not wait for that. */
  readonly told: Promise<void>;
}

interface Waiting<T, R> {
  readonly member: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** What the batches are written into, beside other work. */
export interface Surroundings {
  /** Runs work apart from the transaction of whoever asks: a batch carries what others ask for. */
  outside(work: () => Promise<void>): Promise<void>;
  /** Whether nothing is being written or read. */
  readonly idle: boolean;
  /** Calls back once nothing is; what it gives back forgets that again. */
  onceIdle(listener: () => void): () => void;
}

/**
 * Writes what many ask for in batches. Whatever is asked for while a batch is being written goes into the next one, and
 * that begins when the last one has been over for as long as it took, or the database has nothing else to do: to begin a
 * statement costs it as much as several members do. Who comes alone waits for nothing.
 */
export class Batches<T, R> {
  private queue: Waiting<T, R>[] = [];
  private busy = false;
  private restsUntil = Number.NEGATIVE_INFINITY;
  /** Ends the rest that is under way. */
  private wake: (() => void) | undefined;

  /**
   * @param write writes a batch, all of it or nothing; undefined, for more than one, to have them written one by one
   * @param keysOf what a member has to itself in its batch: a second one that names the same must see what became of
   *   the first, and goes into the next
   */
  constructor(
    private readonly write: (members: readonly T[]) => Promise<Written<R> | undefined>,
    private readonly keysOf: (member: T) => readonly string[],
    private readonly surroundings: Surroundings,
  ) {}

  /** @throws whatever writing a batch of this member alone throws */
  add(member: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.queue.push({ member, resolve, reject });
      if (!this.busy) void this.surroundings.outside(() => this.drain());
      else if (this.queue.length >= ENOUGH) this.wake?.();
    });
  }

  private async drain(): Promise<void> {
    this.busy = true;
    while (this.queue.length > 0) {
      const restMs = this.restsUntil - performance.now();
      // A timer is good to a millisecond.
      if (restMs >= 1 && this.queue.length < ENOUGH && !this.surroundings.idle) await this.rest(restMs);
      const startedAt = performance.now();
      await this.carryOut(this.nextBatch());
      const endedAt = performance.now();
      this.restsUntil = endedAt + Math.min(endedAt - startedAt, MAX_REST_MS);
    }
    this.busy = false;
  }

  /** Until a time is over, enough have come, or nobody has any use of it. */
  private rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        forget();
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      const forget = this.surroundings.onceIdle(end);
      this.wake = end;
    });
  }

  /** Those who have waited longest. */
  private nextBatch(): Waiting<T, R>[] {
    const batch: Waiting<T, R>[] = [];
    const later: Waiting<T, R>[] = [];
    const taken = new Set<string>();
    for (const waiting of this.queue) {
      const keys = this.keysOf(waiting.member);
      if (batch.length < MAX_BATCH && !keys.some((key) => taken.has(key))) batch.push(waiting);
      else later.push(waiting);
      // Nobody overtakes another who waits for the same.
      for (const key of keys) taken.add(key);
    }
    this.queue = later;
    return batch;
  }

  /** Should a batch fail, whatever is wrong with one of its members must not harm the others. */
  private async carryOut(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const written = await this.write(batch.map(({ member }) => member));
      if (written !== undefined) tell(batch, written);
      else await this.oneByOne(batch);
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else await this.oneByOne(batch);
    }
  }

  private async oneByOne(batch: readonly Waiting<T, R>[]): Promise<void> {
    for (const member of batch) await this.carryOut([member]);
  }
}

function tell<T, R>(batch: readonly Waiting<T, R>[], { results, told }: Written<R>): void {
  const answer = (): void => {
    for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R);
  };
  // What is written is written, also where not everybody could be told.
  void told.then(answer, answer);
}
