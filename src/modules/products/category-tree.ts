import type { CategoryNode } from './dto/category.dto.js';

/** Levels of the tree: more than anybody browses, and few enough for every walk over them. */
export const MAX_DEPTH = 10;

/** A category as it is stored. */
export interface CategoryRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly parent_id: string | null;
}

/** Puts categories below each other, in the order in which they come. */
export function toTree(rows: readonly CategoryRow[]): CategoryNode[] {
  const nodes = new Map(rows.map((row) => [row.id, { ...toCategory(row), children: [] as CategoryNode[] }]));
  const roots: CategoryNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.parentId === null ? undefined : nodes.get(node.parentId);
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

/** A category as the API shows it by itself. */
export function toCategory({ id, slug, name, parent_id: parentId }: CategoryRow) {
  return { id, slug, name, parentId };
}
