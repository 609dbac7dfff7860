import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { EXPIRE, HOLD_EXPIRED } from './cart.statements.js';

/** Carts are gone through in the order of their ids, which is that of their making. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** When carts must have been changed last to be expired now. */
export interface ExpiredBefore {
  readonly guests: Date;
  readonly customers: Date;
}

/** Carts that nobody has changed for long. */
@Injectable()
export class ExpiredCartsRepository extends BaseRepository {
  /**
   * Removes those among the next carts that have expired, in the transaction under way.
   * @param after the id of the last cart that was looked at before; without it, it begins with the first
   * @returns the id of the last one that was looked at now; undefined when there was none
   */
  async removePage(after: string | undefined, before: ExpiredBefore): Promise<string | undefined> {
    const page = await this.first<{ last: string | null; ids: string[] }>(HOLD_EXPIRED, [
      after ?? BEFORE_ALL,
      before.guests,
      before.customers,
    ]);
    if (page !== undefined && page.ids.length > 0) await this.affect(EXPIRE, [page.ids]);
    return page?.last ?? undefined;
  }
}
