import { Injectable } from '@nestjs/common';
import { RollUpsRepository } from './roll-ups.repository.js';
import { RollUps } from './roll-ups.service.js';

/** The door to analytics, for those who bring sales in by another way than events tell of. */
@Injectable()
export class AnalyticsApi {
  constructor(
    private readonly sums: RollUpsRepository,
    private readonly rollUps: RollUps,
  ) {}

  /** Sales were written in the transaction that is under way. */
  changed(saleIds: readonly string[]): Promise<void> {
    return this.sums.mark(saleIds);
  }

  /** Sums up some thousand sales, where so many wait. */
  sumUpMany(): Promise<void> {
    return this.rollUps.sumUpMany();
  }

  /** Sums up all that waits. */
  catchUp(): Promise<void> {
    return this.rollUps.catchUp();
  }

  /** Makes all sums anew; tells of each step how many sales it was about. */
  rebuild(told: (sales: number) => void): Promise<void> {
    return this.rollUps.rebuild(told);
  }
}
