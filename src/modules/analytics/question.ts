import type { Span } from './spans.js';

export const GROUPS = ['day', 'month', 'country', 'product', 'category'] as const;
export type GroupBy = (typeof GROUPS)[number];

export const SORTS = ['key', 'revenue', 'units', 'sales'] as const;
export type SortBy = (typeof SORTS)[number];

/** Statuses that are in no sums: such a sale is short-lived, and read where it stands. */
export const UNSUMMED = ['pending', 'draft'] as const;

/** A sale with one of these statuses has come to nothing, or not yet to anything. */
const NOT_COUNTED: ReadonlySet<string> = new Set([...UNSUMMED, 'cancelled', 'returned']);

/**
 * Statuses of sales that are counted where no status is asked for: those that were paid for, and kept. The last that a
 * sale comes to stands first: most of a year's sales have it, and PostgreSQL compares in this order.
 */
export function countedOf(statuses: readonly string[]): string[] {
  return statuses.filter((status) => !NOT_COUNTED.has(status)).reverse();
}

/** What is asked of sales. */
export interface Question extends Span {
  /** An IANA name; days and months begin as they do there. */
  readonly zone: string;
  readonly statuses: readonly string[];
  /** As it is kept: ISO 3166-1 alpha-2, or the name that an import could not find there. */
  readonly country?: string | undefined;
  readonly productId?: string | undefined;
  /** A category and what is below it. */
  readonly categoryIds?: readonly string[] | undefined;
}

/** How sales are grouped, and which groups are wanted. */
export interface Grouping {
  readonly by: GroupBy;
  readonly sort: SortBy;
  readonly limit: number | undefined;
}
