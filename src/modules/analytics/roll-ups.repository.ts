import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import {
  ALONE,
  AT_LARGE,
  CLEAR_CATEGORIES,
  FORGET,
  MARK,
  MARK_ALL,
  REFILL_CATEGORIES,
  ROLL_UP,
  TAKE_MOVED,
  WAITING,
} from './roll-ups.statements.js';

/** Keeps sums of sales. What is said to run in a transaction holds its lock to the end. */
@Injectable()
export class RollUpsRepository extends BaseRepository {
  /** Sales have changed: their sums wait to be brought up to date. */
  async mark(saleIds: readonly string[]): Promise<void> {
    await this.affect(MARK, [saleIds]);
  }

  /** In a transaction: brings up to date what the next `marks` are about; tells how many sales that were. */
  async rollUp(marks: number): Promise<number> {
    await this.prepare();
    return (await this.first<{ sales: number }>(ROLL_UP, [marks]))?.sales ?? 0;
  }

  /** In a transaction: sums by category anew where products were moved since; tells whether any were. */
  async refillCategories(): Promise<boolean> {
    await this.prepare();
    if ((await this.affect(TAKE_MOVED)) === 0) return false;
    for (const clear of CLEAR_CATEGORIES) await this.affect(clear);
    await this.first(REFILL_CATEGORIES);
    return true;
  }

  /** In a transaction: forgets every sum, and marks every sale. */
  async forget(): Promise<void> {
    await this.prepare();
    for (const forget of FORGET) await this.affect(forget);
    await this.affect(TAKE_MOVED);
    await this.affect(MARK_ALL);
  }

  /** Marks that wait. */
  async waiting(): Promise<number> {
    return (await this.first<{ marks: number }>(WAITING))?.marks ?? 0;
  }

  private async prepare(): Promise<void> {
    await this.first(ALONE);
    for (const setting of AT_LARGE) await this.affect(setting);
  }
}
