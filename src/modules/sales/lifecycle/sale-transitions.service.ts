import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { InvoicesApi } from '../../invoices/invoices.api.js';
import { type Settlement, SettlementRepository } from '../payments/settlement.repository.js';
import { type SaleRow, toEventData } from '../sale-mapper.js';
import { SaleNews } from '../sale-news.service.js';
import { InvalidTransition, PaymentInProgress } from '../sales.errors.js';
import { type Move, SaleEffects } from './sale-effects.service.js';
import { type SaleAct, saleStep, targetOf } from './sale-lifecycle.js';

/** Takes the steps of a sale's lifecycle, in the transaction under way, which has locked the sale. */
@Injectable()
export class SaleTransitions {
  constructor(
    private readonly settlements: SettlementRepository,
    private readonly effects: SaleEffects,
    private readonly invoices: InvoicesApi,
    private readonly news: SaleNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes the step that an act leads to: row, history and effects together.
   * @returns the refund to carry out after the commit, where the step gives money back
   * @throws {InvalidTransition} where the state machine knows no such step, or a condition of it does not hold
   */
  async take(sale: SaleRow, on: SaleAct, by: Move): Promise<string | undefined> {
    const step = saleStep(sale.status, on);
    const at = this.clock.now();
    if (step === undefined || !(await this.effects.allow(step, { sale, to: step.to, by, at }))) {
      throw new InvalidTransition(sale.status, targetOf(on));
    }
    await this.settlements.setStatus(sale, step.to, { ...by, at }, by);
    this.news.changing();
    return this.effects.follow(step, { sale, to: step.to, by, at });
  }

  /**
   * Confirms a sale that was paid by other means, with a payment that says so.
   * @throws {PaymentInProgress} where a provider has not decided about another one
   */
  async confirmPaid(sale: SaleRow, { actor, note }: Move): Promise<void> {
    if (saleStep(sale.status, 'confirm') === undefined) throw new InvalidTransition(sale.status, 'confirmed');
    const now = this.clock.now();
    const paymentId = await this.settlements.addManualPayment(sale.id, now);
    if (paymentId === undefined) throw new PaymentInProgress();
    await this.settle(sale, { paymentId, reference: `manual_${paymentId}`, actor, note });
  }

  /** Confirms a pending sale by its pending payment, which was completed, and issues the invoice. */
  async settle(
    sale: Parameters<typeof toEventData>[0],
    payment: Pick<Settlement, 'paymentId' | 'reference' | 'actor' | 'note'>,
  ): Promise<void> {
    const settlement = { saleId: sale.id, ...payment, event: toEventData(sale, 'confirmed') };
    const settled = await this.settlements.settle([settlement], this.invoices.terms, this.clock.now());
    if (settled?.has(sale.id) !== true) throw new Error(`The locked sale ${sale.id} could not be settled.`);
    this.news.changing();
  }

  /** The transaction that is under way changes sales. */
  changing(): void {
    this.news.changing();
  }
}
