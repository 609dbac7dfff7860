import pg from 'pg';

/** bigint columns arrive as JavaScript bigint, never as text or a rounded number. */
const INT8 = 20;

/** How the values of a column become JavaScript's, by the type of the column. */
export const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? BigInt : pg.types.getTypeParser(oid, format),
};
