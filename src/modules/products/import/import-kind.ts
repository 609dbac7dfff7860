/** What the rows of an imported file are. */
export type ImportKind = 'catalogue' | 'sales';
