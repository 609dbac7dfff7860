import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../../common/domain-error.js';
import { ProductGroupFull, ProductGroupNotFound } from '../products.errors.js';
import { ProductGroupsRepository } from './product-groups.repository.js';
import { MEMBERS_MAX, type Membership, membershipOf, NO_MEMBERSHIP, type Options } from './variant-rules.js';

/** What a request says of the group of a product; `undefined` keeps what is there. */
interface AskedMembership {
  readonly groupId?: string | null | undefined;
  readonly options?: Options | undefined;
}

/** Puts products into groups and takes them out. */
@Injectable()
export class Memberships {
  constructor(private readonly groups: ProductGroupsRepository) {}

  /** Locks the groups that a change of a product is about. Groups are locked before products. */
  async hold(productId: string, { groupId, options }: AskedMembership): Promise<void> {
    if (groupId !== undefined || options !== undefined) await this.groups.holdOf(productId, groupId ?? null);
  }

  /**
   * What becomes of a product's place in a group, in the transaction that writes it.
   * @param before where it is now, if it is held already
   * @returns undefined where nothing is asked
   * @throws {ProductGroupNotFound | ProductGroupFull} {@link InvalidInput} naming options
   */
  async of({ groupId, options }: AskedMembership, before: Membership): Promise<Membership | undefined> {
    if (groupId === undefined && options === undefined) return undefined;
    const id = groupId === undefined ? before.groupId : groupId;
    if (id === null) {
      if (Object.keys(options ?? {}).length > 0) throw InvalidInput.field('options', 'are for products of a group');
      return NO_MEMBERSHIP;
    }
    const group = await this.groups.hold(id);
    if (group === undefined) throw new ProductGroupNotFound('groupId');
    const membership = membershipOf(id, group.option_names, options ?? before.options);
    if (id !== before.groupId && (await this.groups.countMembers(id)) >= MEMBERS_MAX) throw new ProductGroupFull();
    if (group.option_names === null) await this.groups.nameOptions(id, membership.optionNames ?? []);
    return membership;
  }
}
