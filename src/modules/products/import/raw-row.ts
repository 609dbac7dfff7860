import type { RawFields } from './import-columns.js';
import type { RowProblem } from './import-row.js';

/** One row of a file with the line that it starts on: its values, or why it has none; or a line without anything. */
export type RawRow =
  | { readonly line: number; readonly blank: true }
  | { readonly line: number; readonly fields: RawFields; readonly problem?: undefined; readonly blank?: undefined }
  | { readonly line: number; readonly problem: RowProblem; readonly blank?: undefined };

export type FilledRow = Exclude<RawRow, { readonly blank: true }>;
