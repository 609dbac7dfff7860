import { Injectable } from '@nestjs/common';
import { Batches, type Written } from '../../../common/batches.js';
import { Clock } from '../../../common/clock.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { InvoicesApi } from '../../invoices/invoices.api.js';
import { SaleNews } from '../sale-news.service.js';
import { type Settlement, SettlementRepository } from './settlement.repository.js';

/** Tries of a batch whose rows keep changing under it. */
const ATTEMPTS = 20;

/** What became of a payment; `answer` is the JSON to be told, where the settlement brought one. */
export interface Settled {
  readonly answer: string | null;
}

/** Settles payments. Invoice numbers without gaps have to be drawn one after another, hence in batches. */
@Injectable()
export class SettlementQueue {
  private readonly batches: Batches<Settlement, Settled | undefined>;

  constructor(
    private readonly settlements: SettlementRepository,
    private readonly invoices: InvoicesApi,
    uow: UnitOfWork,
    private readonly news: SaleNews,
    private readonly clock: Clock,
  ) {
    this.batches = new Batches(
      (batch) => this.write(batch),
      ({ saleId }) => [saleId],
      uow,
    );
  }

  /**
   * Settles a payment and issues its invoice, in a transaction that is committed when this resolves.
   * @returns undefined where the sale is no longer pending, so that the money has to go back, or where a payment that
   *   was to be opened with it could not be
   */
  settle(settlement: Settlement): Promise<Settled | undefined> {
    return this.batches.add(settlement);
  }

  /**
   * Notes what a provider said short of success.
   * @returns whether the payment was pending until now
   */
  async note(...noted: Parameters<SettlementRepository['note']>): Promise<boolean> {
    const pending = await this.settlements.note(...noted);
    await this.news.changed();
    return pending;
  }

  private async write(batch: readonly Settlement[]): Promise<Written<Settled | undefined>> {
    const settled = await this.attempt(batch);
    const results = batch.map(({ saleId }) => {
      const answer = settled.get(saleId);
      return answer === undefined ? undefined : { answer };
    });
    return { results, told: this.news.changed() };
  }

  private async attempt(settlements: readonly Settlement[]): Promise<ReadonlyMap<string, string | null>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const settled = await this.settlements.settle(settlements, this.invoices.terms, this.clock.now());
      if (settled !== undefined) return settled;
    }
    throw new Error('A payment could not be settled: its sale changed again and again.');
  }
}
