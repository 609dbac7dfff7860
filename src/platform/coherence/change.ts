/**
 * What a change spoils. `tag`: what is made of data that has the tag, and is no part of the catalogue. `stock`: one product, and nothing of it but its level. `availability`: that, and the level has
 * reached zero or left it. `content`: one product. `listing`: one product and what lists are made by. `catalogue`: all.
 */
export const CHANGE_KINDS = ['catalogue', 'listing', 'content', 'availability', 'stock', 'tag'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A change that has been committed. */
export interface Change {
  readonly kind: ChangeKind;
  /** The product, or the tag; absent where it is no single one. */
  readonly id?: string | undefined;
  /** The version that the change made, where it is known. Versions of a product are in the order of their commits. */
  readonly version?: number | undefined;
  /** The level after it. */
  readonly stock?: number | undefined;
  /** When it was made; RFC 3339 in UTC with milliseconds. */
  readonly updatedAt?: string | undefined;
}

type Packed = readonly [
  id: string | null,
  version: number | null,
  kind: string,
  stock: number | null,
  at: string | null,
];

/** A change as an array, as it travels. */
export function packChange({ id, version, kind, stock, updatedAt }: Change): Packed {
  return [id ?? null, version ?? null, kind, stock ?? null, updatedAt ?? null];
}

/** Reads what {@link packChange} has written, or PostgreSQL in the same order; what is not understood spoils everything. */
export function unpackChange(packed: unknown): Change {
  const [id, version, kind, stock, at] = Array.isArray(packed) ? (packed as unknown as Packed) : [];
  const known = CHANGE_KINDS.find((one) => one === kind);
  if (known === undefined) return { kind: 'catalogue' };
  return {
    kind: known,
    id: id ?? undefined,
    version: version ?? undefined,
    stock: stock ?? undefined,
    updatedAt: typeof at === 'string' ? new Date(at).toISOString() : undefined,
  };
}
