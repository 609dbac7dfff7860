import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { InvoicesApi } from '../../invoices/invoices.api.js';
import { SaleNews } from '../sale-news.service.js';
import { type Settlement, SettlementRepository } from './settlement.repository.js';

/** Most payments that one statement settles. */
const MAX_BATCH = 32;
/** Tries of one payment whose rows keep changing under it. */
const ATTEMPTS = 20;

/** What became of a payment; `answer` is the JSON to be told, where the settlement brought one. */
export interface Settled {
  readonly answer: string | null;
}

interface Waiting {
  readonly settlement: Settlement;
  readonly resolve: (settled: Settled | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Settles payments. Invoice numbers without gaps have to be drawn one after another, so whatever is to be settled
 * while a batch is being written goes into the next one: no timer, and no cost where nobody waits.
 */
@Injectable()
export class SettlementQueue {
  private readonly queue: Waiting[] = [];
  private busy = false;

  constructor(
    private readonly settlements: SettlementRepository,
    private readonly invoices: InvoicesApi,
    private readonly uow: UnitOfWork,
    private readonly news: SaleNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Settles a payment and issues its invoice, in a transaction that is committed when this resolves.
   * @returns undefined where the sale is no longer pending, so that the money has to go back, or where a payment that
   *   was to be opened with it could not be
   */
  settle(settlement: Settlement): Promise<Settled | undefined> {
    return new Promise((resolve, reject) => {
      this.queue.push({ settlement, resolve, reject });
      // One caller's batch carries the payments of others, so it must not run in that caller's transaction.
      if (!this.busy) void this.uow.outside(() => this.drain());
    });
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

  private async drain(): Promise<void> {
    this.busy = true;
    while (this.queue.length > 0) await this.write(this.nextBatch());
    this.busy = false;
  }

  /** Those who have waited longest, each sale once: a second payment of it must see what became of the first. */
  private nextBatch(): Waiting[] {
    const batch = new Map<string, Waiting>();
    const later: Waiting[] = [];
    for (const waiting of this.queue.splice(0)) {
      const { saleId } = waiting.settlement;
      if (batch.size < MAX_BATCH && !batch.has(saleId)) batch.set(saleId, waiting);
      else later.push(waiting);
    }
    this.queue.push(...later);
    return [...batch.values()];
  }

  /** Writes a batch; should it fail, whatever is wrong with one of its members must not harm the others. */
  private async write(batch: readonly Waiting[]): Promise<void> {
    try {
      const settled = await this.attempt(batch);
      // The next batch need not wait until everybody has heard of this one.
      void this.news.changed().finally(() => {
        for (const { settlement, resolve } of batch) {
          const answer = settled.get(settlement.saleId);
          resolve(answer === undefined ? undefined : { answer });
        }
      });
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const member of batch) await this.write([member]);
    }
  }

  private async attempt(batch: readonly Waiting[]): Promise<ReadonlyMap<string, string | null>> {
    const settlements = batch.map(({ settlement }) => settlement);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const settled = await this.settlements.settle(settlements, this.invoices.seller, this.clock.now());
      if (settled !== undefined) return settled;
    }
    throw new Error('A payment could not be settled: its sale changed again and again.');
  }
}
