/** A file of a request, whole in memory. */
export interface UploadedFile {
  /** The field that it came in. */
  readonly field: string;
  /** Its place among the files of the request, from 0. */
  readonly index: number;
  readonly bytes: Buffer;
}

/** The files of a request, read one after another as they are asked for. */
export interface Upload {
  /**
   * @throws {InvalidInput} where the form is malformed, has other fields, too many files or none
   * @throws {ImageTooLarge} where a file has too many bytes
   */
  files(): AsyncIterable<UploadedFile>;
}
