import { InvalidInput } from '../../../common/domain-error.js';
import { MEMBERS_MAX, type Membership, membershipOf, NO_MEMBERSHIP, type Options } from '../groups/variant-rules.js';
import type { HeldProduct } from './catalogue-import.repository.js';
import type { HeldGroup, MemberRow } from './import-groups.repository.js';
import type { ReadyRow, RowProblem } from './import-row.js';

/** Stands for a product that is about to be made. */
const NEW = '';

/** Whether a row says anything of the group of its product. */
export function namesPlace({ groupId, options }: ReadyRow): boolean {
  return groupId !== undefined || options !== undefined;
}

const problem = (column: 'groupId' | 'options', code: RowProblem['code'], reason: string): RowProblem => ({
  column,
  code,
  reason,
});

/** Equal for equal options, in whichever order they stand. */
const keyOf = (options: Options): string =>
  JSON.stringify(Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1)));

interface Group {
  optionNames: readonly string[] | null;
  readonly members: Map<string, string>;
  count: number;
}

/** The groups that a batch is about, held, and who is in them: rows take their places one after another. */
export class GroupPlaces {
  private readonly groups = new Map<string, Group>();
  /** What groups without options are found to differ in, by their first member. */
  readonly named = new Map<string, readonly string[]>();

  constructor(groups: readonly HeldGroup[], members: readonly MemberRow[]) {
    for (const { id, option_names: optionNames } of groups) {
      this.groups.set(id, { optionNames, members: new Map(), count: 0 });
    }
    for (const { id, group_id: groupId, options } of members) {
      const group = this.groups.get(groupId);
      group?.members.set(keyOf(options), id);
      if (group !== undefined) group.count += 1;
    }
  }

  /**
   * The place that a row gives its product, or why it cannot; nothing where it does not say.
   * @param held the product, where there is one
   */
  take(row: ReadyRow, held: HeldProduct | undefined): Membership | RowProblem | undefined {
    if (!namesPlace(row)) return undefined;
    const groupId = row.groupId ?? held?.group_id ?? null;
    if (groupId === null) return problem('options', 'invalid', 'are for products of a group');
    const group = this.groups.get(groupId);
    if (group === undefined)
      return problem('groupId', 'invalid', 'names no group of products; with a name in "group" it would be made');
    try {
      const membership = membershipOf(
        groupId,
        group.optionNames,
        row.options ?? held?.options ?? NO_MEMBERSHIP.options,
      );
      return this.join(groupId, group, membership, held);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return problem('options', 'invalid', error.problems[0]?.message ?? error.message);
    }
  }

  private join(id: string, group: Group, membership: Membership, held: HeldProduct | undefined) {
    const key = keyOf(membership.options);
    const holder = group.members.get(key);
    if (holder !== undefined && holder !== held?.id) {
      return problem('options', 'variant_taken', 'are those of another product of the group');
    }
    if (held?.group_id !== id) {
      if (group.count >= MEMBERS_MAX) return problem('groupId', 'invalid', 'has no room for another member');
      group.count += 1;
    }
    group.members.set(key, held?.id ?? NEW);
    if (group.optionNames === null) {
      group.optionNames = membership.optionNames;
      this.named.set(id, membership.optionNames ?? []);
    }
    return membership;
  }
}
