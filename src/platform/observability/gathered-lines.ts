const GATHER_MS = 20;
const MOST_CHARACTERS = 65_536;

/** What lines go to in the end. */
interface Target {
  write(lines: string): unknown;
  flushSync(): void;
}

/**
 * Hands over together what was written within a fiftieth of a second: under load a write for each line of a log costs
 * more than the line. What a process still holds when it exits is written; one that is killed loses it.
 */
export class GatheredLines {
  private held = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly target: Target) {}

  write(line: string): void {
    this.held += line;
    if (this.held.length >= MOST_CHARACTERS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Whether lines are held that nobody has been handed yet. */
  get holding(): boolean {
    return this.held !== '';
  }

  /** Returns when everything is written. */
  flushSync(): void {
    this.flush();
    this.target.flushSync();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.held;
    this.held = '';
    if (lines !== '') this.target.write(lines);
  }
}
