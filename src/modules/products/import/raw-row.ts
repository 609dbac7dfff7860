import type { RawFields } from './import-columns.js';
import type { RowProblem } from './import-row.js';

/** One row of a file with the line that it starts on: its values, or why it has none. */
export type RawRow =
  | { readonly line: number; readonly fields: RawFields; readonly problem?: undefined }
  | { readonly line: number; readonly problem: RowProblem };
