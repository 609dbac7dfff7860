import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { GroupRow } from '../groups/product-groups.repository.js';

const HOLD = statement(
  'importGroups.hold',
  `SELECT id, option_names FROM product_groups
   WHERE id = ANY ($1::uuid[]) OR id IN (SELECT group_id FROM products WHERE sku = ANY ($2::text[]))
   ORDER BY id FOR NO KEY UPDATE`,
);
const MEMBERS = statement(
  'importGroups.members',
  'SELECT id, group_id, options FROM products WHERE group_id = ANY ($1::uuid[]) AND archived_at IS NULL',
);
const NAME_OPTIONS = statement(
  'importGroups.nameOptions',
  'UPDATE product_groups SET option_names = $2 WHERE id = $1 AND option_names IS NULL',
);

export type HeldGroup = Pick<GroupRow, 'id' | 'option_names'>;

/** A product that is in a group. */
export interface MemberRow {
  readonly id: string;
  readonly group_id: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The groups of variants that rows of a file name. */
@Injectable()
export class ImportGroupsRepository extends BaseRepository {
  /** Locks groups, and those that the products of these SKUs are in: before the products are locked. */
  hold(ids: readonly string[], skus: readonly string[]): Promise<HeldGroup[]> {
    return this.rows<HeldGroup>(HOLD, [ids, skus]);
  }

  /** Members of groups that are held; archived ones are left out. */
  members(ids: readonly string[]): Promise<MemberRow[]> {
    return this.rows<MemberRow>(MEMBERS, [ids]);
  }

  /** Keeps what the first member of a group says that all differ in. */
  async nameOptions(id: string, optionNames: readonly string[]): Promise<void> {
    await this.affect(NAME_OPTIONS, [id, optionNames]);
  }
}
