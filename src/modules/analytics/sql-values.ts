/** Gathers the values of a statement while its text is written. */
export class Values {
  readonly all: unknown[] = [];

  /** The placeholder of a value, with its type. */
  add(value: unknown, type: string): string {
    return `$${this.all.push(value)}::${type}`;
  }
}
