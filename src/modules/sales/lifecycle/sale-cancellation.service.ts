import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { SaleRefundsService } from '../refunds/sale-refunds.service.js';
import { type SaleOwner, SalesRepository } from '../sales.repository.js';
import type { Move } from './sale-effects.service.js';
import { SaleTransitions } from './sale-transitions.service.js';

/** Where so many sales cannot be cancelled, it is not they that something is wrong with. */
const MOST_FAILURES = 10;

/** Who cancels, and why. */
export interface Cancellation extends Move {
  /** Only this buyer's sale may be cancelled. */
  readonly owner?: SaleOwner;
}

/** Cancels sales: the stock goes back in the same transaction, the money right after it. */
@Injectable()
export class SaleCancellationService {
  constructor(
    private readonly sales: SalesRepository,
    private readonly transitions: SaleTransitions,
    private readonly refunds: SaleRefundsService,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Cancels a sale in the transaction under way.
   * @returns the refund to carry out after the commit, where something was paid
   * @throws {InvalidTransition} where the sale is too far on, or cancelled already
   */
  async cancel(saleId: string, by: Cancellation): Promise<string | undefined> {
    return this.transitions.take(await this.sales.getLocked(saleId, by.owner), 'cancel', by);
  }

  /** Gives back what was paid for a cancelled sale; outside any transaction. */
  async refund(refundId: string | undefined): Promise<void> {
    if (refundId !== undefined) await this.refunds.carryOut(refundId);
  }

  /**
   * Cancels the sales whose reservation has run out; several processes may do so at once. One that cannot be cancelled
   * keeps none of the others.
   * @throws {AggregateError} of what stood in the way of some
   */
  async cancelExpired(signal: AbortSignal): Promise<void> {
    const failures = new Map<string, unknown>();
    for (;;) {
      const ids = await this.sales.expired(this.clock.now(), [...failures.keys()]);
      for (const id of ids) {
        if (signal.aborted) return;
        await this.cancelIfExpired(id).catch((error: unknown) => failures.set(id, error));
        if (failures.size === MOST_FAILURES) throw failed(failures);
      }
      if (ids.length > 0) continue;
      if (failures.size > 0) throw failed(failures);
      return;
    }
  }

  private cancelIfExpired(saleId: string): Promise<void> {
    return this.uow.run(async () => {
      const sale = await this.sales.getLocked(saleId);
      const expired = sale.expires_at !== null && sale.expires_at <= this.clock.now();
      if (sale.status !== 'pending' || !expired) return;
      await this.transitions.take(sale, 'expire', { actor: 'expiry', note: 'It was not paid in time.' });
    });
  }
}

function failed(failures: ReadonlyMap<string, unknown>): AggregateError {
  return new AggregateError(
    failures.values(),
    `These sales could not be cancelled: ${[...failures.keys()].join(', ')}.`,
  );
}
