import { Injectable } from '@nestjs/common';
import { isUuid } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { CategoryRow } from './category-tree.js';
import { CategoryNotEmpty, CategoryNotFound } from './products.errors.js';

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
const IS_WITHIN = statement(
  'categories.isWithin',
  `WITH RECURSIVE above AS (
     SELECT id, parent_id FROM categories WHERE id = $1
     UNION
     SELECT parent.id, parent.parent_id FROM categories parent JOIN above ON parent.id = above.parent_id
   ) SELECT true AS within FROM above WHERE id = $2`,
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

const PARENT_GONE = { categories_parent_fkey: () => new CategoryNotFound() };

/** What changes of a category; `undefined` keeps what is there. */
export interface CategoryChanges {
  readonly name?: string | undefined;
  readonly parentId?: string | null | undefined;
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
   * The id of the category with this slug or id.
   * @throws {CategoryNotFound}
   */
  async getId(reference: string): Promise<string> {
    const bySlug = await this.first<CategoryRow>(BY_SLUG, [reference]);
    const row = bySlug ?? (isUuid(reference) ? await this.find(reference) : undefined);
    if (row === undefined) throw new CategoryNotFound();
    return row.id;
  }

  /**
   * Stores a category; undefined where the slug is taken.
   * @throws {CategoryNotFound} where there is no such parent
   */
  insert(row: CategoryRow, now: Date): Promise<CategoryRow | undefined> {
    return this.mapping(PARENT_GONE, () =>
      this.first<CategoryRow>(INSERT, [row.id, row.parent_id, row.slug, row.name, now]),
    );
  }

  /** @throws {CategoryNotFound} where there is no such parent */
  update(id: string, { name, parentId }: CategoryChanges, now: Date): Promise<CategoryRow | undefined> {
    const values = [id, name ?? null, parentId !== undefined, parentId ?? null, now];
    return this.mapping(PARENT_GONE, () => this.first<CategoryRow>(UPDATE, values));
  }

  /** Holds off every other change of the tree until the transaction ends. */
  async lockTree(): Promise<void> {
    await this.affect(LOCK);
  }

  /** Whether a category is another one or lies below it. */
  async isWithin(id: string, other: string): Promise<boolean> {
    return (await this.first(IS_WITHIN, [id, other])) !== undefined;
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
