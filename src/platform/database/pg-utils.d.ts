/** A part of pg that its other packages use too, and that has no types of its own. */
declare module 'pg/lib/utils.js' {
  /** A value as PostgreSQL reads it; null for null. */
  export function prepareValue(value: unknown): string | Buffer | null;
}
