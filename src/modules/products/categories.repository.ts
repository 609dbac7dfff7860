import { Injectable } from '@nestjs/common';
import { isUuid } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { CategoryRow } from './category-tree.js';
import { CategoryNotEmpty, CategoryNotFound, ParentCategoryNotFound } from './products.errors.js';

const ALL = statement('categories.all', 'SELECT id, slug, name, parent_id FROM categories ORDER BY name, id');
const BY_ID = statement('categories.byId', 'SELECT id, slug, name, parent_id FROM categories WHERE id = $1');
const HOLD = statement('categories.hold', `${BY_ID.text} FOR NO KEY UPDATE`);
const BY_SLUG = statement('categories.bySlug', 'SELECT id, slug, name, parent_id FROM categories WHERE slug = $1');
const INSERT = statement(
  'categories.insert',
  `INSERT INTO categories (id, parent_id, slug, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
   ON CONFLICT (slug) DO NOTHING RETURNING id, slug, name, parent_id`,
);
const UPDATE = statement(
  'categories.update',
  `UPDATE categories SET name = coalesce($2, name), parent_id = CASE WHEN $3::boolean THEN $4::uuid ELSE parent_id END,
     updated_at = $5
   WHERE id = $1 RETURNING id, slug, name, parent_id`,
);
// Bounded, so that not even a tree that was damaged by hand holds a walk for ever.
const PLACE = statement(
  'categories.place',
  `WITH RECURSIVE above AS (
     SELECT id, parent_id, 1 AS level FROM categories WHERE id = $1::uuid
     UNION ALL
     SELECT p.id, p.parent_id, level + 1 FROM categories p JOIN above ON p.id = above.parent_id WHERE level < 50
   ), below AS (
     SELECT id, 1 AS level FROM categories WHERE id = $2::uuid
     UNION ALL
     SELECT c.id, level + 1 FROM categories c JOIN below ON c.parent_id = below.id WHERE level < 50
   )
   SELECT max(level) AS depth, (SELECT coalesce(max(level), 1) FROM below) AS height, bool_or(id = $2::uuid) AS within
   FROM above HAVING count(*) > 0`,
);
const ANCESTORS = statement(
  'categories.ancestors',
  `WITH RECURSIVE above AS (
     SELECT id, slug, name, parent_id, 0 AS level FROM categories WHERE id = $1::uuid
     UNION ALL
     SELECT p.id, p.slug, p.name, p.parent_id, level + 1 FROM categories p JOIN above ON p.id = above.parent_id
     WHERE level < 50
   ) SELECT id, slug, name, parent_id FROM above WHERE level > 0 ORDER BY level DESC`,
);
const CHILDREN = statement(
  'categories.children',
  'SELECT id, slug, name, parent_id FROM categories WHERE parent_id = $1::uuid ORDER BY name, id',
);
const EMPTY = statement(
  'categories.empty',
  `WITH held AS MATERIALIZED (
     SELECT id FROM products WHERE category_id = $1::uuid ORDER BY id FOR NO KEY UPDATE
   )
   UPDATE products p SET category_id = NULL, version = p.version + 1, updated_at = $2::timestamptz
   FROM held WHERE p.id = held.id`,
);
const DELETE = statement('categories.delete', 'DELETE FROM categories WHERE id = $1');
// Two moves at once, each right by itself, could close a loop together.
const LOCK = statement('categories.lock', 'LOCK TABLE categories IN SHARE ROW EXCLUSIVE MODE');

const PARENT_GONE = { categories_parent_fkey: () => new ParentCategoryNotFound() };

/** What changes of a category; `undefined` keeps what is there. */
export interface CategoryChanges {
  readonly name?: string | undefined;
  readonly parentId?: string | null | undefined;
}

/** Where a category would come to lie. */
export interface Place {
  /** Level of the parent, from 1. */
  readonly depth: number;
  /** Levels that the category brings along, itself included. */
  readonly height: number;
  /** Whether the parent is the category itself or lies below it. */
  readonly within: boolean | null;
}

/** The tree of categories. */
@Injectable()
export class CategoriesRepository extends BaseRepository {
  all(): Promise<CategoryRow[]> {
    return this.rows<CategoryRow>(ALL);
  }

  find(id: string): Promise<CategoryRow | undefined> {
    return this.first<CategoryRow>(BY_ID, [id]);
  }

  /** A category that others can change only after the transaction. */
  hold(id: string): Promise<CategoryRow | undefined> {
    return this.first<CategoryRow>(HOLD, [id]);
  }

  /**
   * The category with this slug or id.
   * @param path of the field that names it, where the address does not
   * @throws {CategoryNotFound}
   */
  async get(reference: string, path?: string): Promise<CategoryRow> {
    const bySlug = await this.first<CategoryRow>(BY_SLUG, [reference]);
    const row = bySlug ?? (isUuid(reference) ? await this.find(reference) : undefined);
    if (row === undefined) throw new CategoryNotFound(path);
    return row;
  }

  /**
   * The id of the category with this slug or id.
   * @throws {CategoryNotFound}
   */
  async getId(reference: string, path?: string): Promise<string> {
    return (await this.get(reference, path)).id;
  }

  /** Those that a category lies below, from the root. */
  ancestors(id: string): Promise<CategoryRow[]> {
    return this.rows<CategoryRow>(ANCESTORS, [id]);
  }

  /** Those that lie right below a category. */
  children(id: string): Promise<CategoryRow[]> {
    return this.rows<CategoryRow>(CHILDREN, [id]);
  }

  /**
   * Stores a category; undefined where the slug is taken.
   * @throws {ParentCategoryNotFound}
   */
  insert(row: CategoryRow, now: Date): Promise<CategoryRow | undefined> {
    return this.mapping(PARENT_GONE, () =>
      this.first<CategoryRow>(INSERT, [row.id, row.parent_id, row.slug, row.name, now]),
    );
  }

  /** @throws {ParentCategoryNotFound} */
  update(id: string, { name, parentId }: CategoryChanges, now: Date): Promise<CategoryRow | undefined> {
    const values = [id, name ?? null, parentId !== undefined, parentId ?? null, now];
    return this.mapping(PARENT_GONE, () => this.first<CategoryRow>(UPDATE, values));
  }

  /** Holds off every other change of the tree until the transaction ends. */
  async lockTree(): Promise<void> {
    await this.affect(LOCK);
  }

  /**
   * Where a category would lie below a parent; undefined where there is no such parent.
   * @param id null for a category that is yet to be made
   */
  place(parentId: string, id: string | null): Promise<Place | undefined> {
    return this.first<Place>(PLACE, [parentId, id]);
  }

  /**
   * Deletes a category; its products stay, without one.
   * @returns whether there was one
   * @throws {CategoryNotEmpty} where others lie below it
   */
  async delete(id: string, now: Date): Promise<boolean> {
    await this.affect(EMPTY, [id, now]);
    const notEmpty = { categories_parent_fkey: () => new CategoryNotEmpty() };
    return (await this.mapping(notEmpty, () => this.affect(DELETE, [id]))) > 0;
  }
}
