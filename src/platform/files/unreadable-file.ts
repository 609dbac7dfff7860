/** A file, or the map for it, that cannot be imported, and the line where that showed; 0 before the first. */
export class UnreadableFile extends Error {
  constructor(
    readonly line: number,
    message: string,
    readonly code = 'unreadable_file',
  ) {
    super(message);
  }
}
