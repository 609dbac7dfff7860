import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import { FROM_PRODUCTS, PRODUCT_COLUMNS, type ProductRow } from '../product-row.js';
import { ProductGroupNotEmpty } from '../products.errors.js';

/** A group as its statements read it. */
export interface GroupRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly option_names: readonly string[] | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface ListedGroupRow extends GroupRow {
  readonly members: number;
}

const COLUMNS = 'g.id, g.slug, g.name, g.description, g.option_names, g.created_at, g.updated_at';
const VISIBLE = 'p.active AND p.archived_at IS NULL';

const BY_ID = statement('groups.byId', `SELECT ${COLUMNS} FROM product_groups g WHERE g.id = $1`);
const BY_SLUG = statement('groups.bySlug', `SELECT ${COLUMNS} FROM product_groups g WHERE g.slug = $1`);
const HOLD = statement('groups.hold', `${BY_ID.text} FOR NO KEY UPDATE`);
const HOLD_OF = statement(
  'groups.holdOf',
  `SELECT id FROM product_groups
   WHERE id = $2::uuid OR id = (SELECT group_id FROM products WHERE id = $1::uuid) ORDER BY id FOR NO KEY UPDATE`,
);
const LISTED = `SELECT ${COLUMNS}, (SELECT count(*)::int FROM products p WHERE p.group_id = g.id AND ${VISIBLE}) AS members
  FROM product_groups g`;
const LIST = statement('groups.list', `${LISTED} ORDER BY g.id DESC LIMIT $1 OFFSET $2`);
const LIST_AFTER = statement('groups.listAfter', `${LISTED} WHERE g.id < $2::uuid ORDER BY g.id DESC LIMIT $1`);
const COUNT = statement('groups.count', 'SELECT count(*)::int AS total FROM product_groups');
const MEMBERS = statement(
  'groups.members',
  `SELECT ${PRODUCT_COLUMNS} ${FROM_PRODUCTS}
   WHERE p.group_id = $1 AND ${VISIBLE} ORDER BY p.created_at, p.id`,
);
const COUNT_MEMBERS = statement(
  'groups.countMembers',
  'SELECT count(*)::int AS members FROM products WHERE group_id = $1 AND archived_at IS NULL',
);
const INSERT = statement(
  'groups.insert',
  `INSERT INTO product_groups AS g (id, slug, name, description, option_names, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (slug) DO NOTHING RETURNING ${COLUMNS}`,
);
const UPDATE = statement(
  'groups.update',
  `UPDATE product_groups g SET name = coalesce($2, name), description = coalesce($3, description),
     option_names = CASE WHEN $4::boolean THEN $5::text[] ELSE option_names END, updated_at = $6
   WHERE id = $1 RETURNING ${COLUMNS}`,
);
const NAME_OPTIONS = statement(
  'groups.nameOptions',
  'UPDATE product_groups SET option_names = $2 WHERE id = $1 AND option_names IS NULL',
);
const RELEASE = statement(
  'groups.release',
  `WITH held AS MATERIALIZED (
     SELECT id, group_id AS old_group_id, options AS old_options FROM products WHERE group_id = $1
     ORDER BY id FOR NO KEY UPDATE
   ), written AS (
     UPDATE products p SET group_id = NULL, option_names = NULL, options = '{}', version = p.version + 1,
       updated_at = $2::timestamptz
     FROM held WHERE p.id = held.id RETURNING p.*, held.old_group_id, held.old_options
   )
   SELECT ${PRODUCT_COLUMNS}, p.old_group_id, p.old_options FROM written p LEFT JOIN categories c ON c.id = p.category_id
   WHERE p.archived_at IS NULL ORDER BY p.id`,
);
const DELETE = statement('groups.delete', 'DELETE FROM product_groups WHERE id = $1');

/** What changes of a group; `undefined` keeps what is there. */
export interface GroupChanges {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly optionNames?: readonly string[] | null | undefined;
}

interface ReleasedRow extends ProductRow {
  readonly old_group_id: string;
  readonly old_options: ProductRow['options'];
}

const IN_USE = { products_group_fkey: () => new ProductGroupNotEmpty() };

/** Groups of products, and who is in them. */
@Injectable()
export class ProductGroupsRepository extends BaseRepository {
  find(id: string): Promise<GroupRow | undefined> {
    return this.first<GroupRow>(BY_ID, [id]);
  }

  findBySlug(slug: string): Promise<GroupRow | undefined> {
    return this.first<GroupRow>(BY_SLUG, [slug]);
  }

  /** A group that others change, and join, only after the transaction. */
  hold(id: string): Promise<GroupRow | undefined> {
    return this.first<GroupRow>(HOLD, [id]);
  }

  /** Holds the group that a product is in and the one that it is to join. */
  async holdOf(productId: string, joins: string | null): Promise<void> {
    await this.affect(HOLD_OF, [productId, joins]);
  }

  /** Newest first. */
  list(limit: number, offset: number): Promise<ListedGroupRow[]> {
    return this.rows<ListedGroupRow>(LIST, [limit, offset]);
  }

  listAfter(limit: number, id: string): Promise<ListedGroupRow[]> {
    return this.rows<ListedGroupRow>(LIST_AFTER, [limit, id]);
  }

  async count(): Promise<number> {
    return (await this.first<{ total: number }>(COUNT))?.total ?? 0;
  }

  /** The members that the public sees, oldest first. */
  members(id: string): Promise<ProductRow[]> {
    return this.rows<ProductRow>(MEMBERS, [id]);
  }

  /** Members that are not archived. */
  async countMembers(id: string): Promise<number> {
    return (await this.first<{ members: number }>(COUNT_MEMBERS, [id]))?.members ?? 0;
  }

  /** Stores a group; undefined where the slug is taken. */
  insert(row: Omit<GroupRow, 'created_at' | 'updated_at'>, now: Date): Promise<GroupRow | undefined> {
    return this.first<GroupRow>(INSERT, [row.id, row.slug, row.name, row.description, row.option_names, now]);
  }

  /** @throws {ProductGroupNotEmpty} where the options of a group that has members would become others */
  update(id: string, { name, description, optionNames }: GroupChanges, now: Date): Promise<GroupRow | undefined> {
    const values = [id, name ?? null, description ?? null, optionNames !== undefined, optionNames ?? null, now];
    return this.mapping(IN_USE, () => this.first<GroupRow>(UPDATE, values));
  }

  /** Keeps what the first member of a group says that all differ in. */
  async nameOptions(id: string, optionNames: readonly string[]): Promise<void> {
    await this.affect(NAME_OPTIONS, [id, optionNames]);
  }

  /** Takes every member out of a group; tells those that are not archived, as they are and as they were. */
  async release(id: string, now: Date): Promise<{ readonly row: ProductRow; readonly before: ProductRow }[]> {
    const rows = await this.rows<ReleasedRow>(RELEASE, [id, now]);
    return rows.map(({ old_group_id: group_id, old_options: options, ...row }) => {
      return { row, before: { ...row, group_id, options } };
    });
  }

  /** Deletes a group that has no members. */
  async delete(id: string): Promise<void> {
    await this.affect(DELETE, [id]);
  }
}
