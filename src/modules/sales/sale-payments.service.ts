import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { formatMoney } from '../../common/money.js';
import { CONFIG, type Config } from '../../config/config.js';
import { IdempotencyInProgress, type IdempotentRequest, StoredAnswer } from '../../platform/http/idempotency.js';
import { untilAnswered } from '../../platform/http/idempotency.repository.js';
import { type ChargeOutcome, PaymentsApi } from '../payments/payments.api.js';
import type { PaymentResponse } from './dto/payment.response.js';
import type { PaymentInput } from './dto/place-sale.dto.js';
import { toEventData } from './sale-mapper.js';
import { SaleRefundsService } from './sale-refunds.service.js';
import { AlreadyPaid, InvalidTransition, PaymentInProgress } from './sales.errors.js';
import type { SaleOwner } from './sales.repository.js';
import { type PayableSale, SettlementRepository } from './settlement.repository.js';
import { SettlementQueue } from './settlement-queue.service.js';

/** How long a provider may take before a payment whose outcome nobody wrote down is taken up again. */
const ABANDONED_MS = 30_000;
const COMPLETED = { status: 'completed' } as const;

interface OpenPayment {
  readonly sale: PayableSale;
  readonly id: string;
  readonly provider: string;
  readonly method: string;
}

/**
 * Pays sales. The payment is written down before the provider is asked and settled after, each in a statement of its
 * own, so that no transaction is open in between. Where nobody has to be asked, one statement does both.
 */
@Injectable()
export class SalePaymentsService {
  private readonly logger = new Logger(SalePaymentsService.name);

  constructor(
    private readonly settlements: SettlementRepository,
    private readonly payments: PaymentsApi,
    private readonly queue: SettlementQueue,
    private readonly refunds: SaleRefundsService,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Pays a sale, or tells the first answer under the same key.
   * @throws {AlreadyPaid}, {PaymentInProgress}, {InvalidTransition} where the sale cannot be paid
   */
  async pay(
    saleId: string,
    owner: SaleOwner,
    input: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<PaymentResponse | StoredAnswer> {
    this.check(input);
    return (await this.payAtOnce(saleId, owner, input, request)) ?? this.charge(saleId, owner, input, request);
  }

  /**
   * Refuses what no provider takes, before anything is written.
   * @param path where the request names the payment
   */
  check(input: PaymentInput, path = ''): void {
    this.payments.check(input.provider, input.method, path);
  }

  /**
   * Opens, settles and invoices a payment in one statement, where its provider has nobody to ask.
   * @returns undefined where it has, or where the sale cannot be paid so: nothing was written
   */
  private async payAtOnce(
    saleId: string,
    owner: SaleOwner,
    { provider, method }: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<PaymentResponse | undefined> {
    const paymentId = newId();
    const reference = this.payments.completedAtOnce(provider, method, paymentId);
    if (reference === undefined) return undefined;
    const currency = this.config.STORE_CURRENCY;
    const draft = this.answerOf({ id: saleId, currency }, { id: paymentId, provider, method }, '', COMPLETED);
    const body = JSON.stringify(draft);
    const opens = { provider, method, payer: owner, currency, body };
    const answer = request === undefined ? undefined : { request, body };
    const settled = await this.queue.settle({ saleId, paymentId, reference, actor: 'payment', answer, opens });
    return settled?.answer ? (JSON.parse(settled.answer) as PaymentResponse) : undefined;
  }

  private async charge(
    saleId: string,
    owner: SaleOwner,
    input: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<PaymentResponse | StoredAnswer> {
    const open = await this.open(saleId, owner, input, request);
    if (open instanceof StoredAnswer) return open;
    const { sale, id, provider, method } = open;
    const charge = { id, method, amount: sale.total, currency: sale.currency };
    const outcome = await this.payments.charge(provider, charge);
    const answer = this.answerOf(sale, open, formatMoney(sale.total, sale.currency), outcome);
    const kept = request === undefined ? undefined : { request, body: JSON.stringify(answer) };
    const now = this.clock.now();
    if (outcome.status !== 'completed') {
      const failed = outcome.status === 'failed';
      const reference = failed ? null : outcome.reference;
      const failureCode = failed ? outcome.failureCode : null;
      await this.queue.note(sale.id, id, { status: outcome.status, reference, failureCode }, now, kept);
      return answer;
    }
    const event = toEventData(sale, 'confirmed');
    const { reference } = outcome;
    const settlement = { saleId: sale.id, paymentId: id, reference, event, actor: 'payment', answer: kept };
    if ((await this.queue.settle(settlement)) === undefined) return this.giveBack(open, reference);
    return answer;
  }

  /** Opens a payment, waiting a while for another request under the same key that is being answered. */
  private async open(
    saleId: string,
    owner: SaleOwner,
    input: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<OpenPayment | StoredAnswer> {
    const open = await untilAnswered(() => this.tryToOpen(saleId, owner, input, request));
    if (open === undefined) throw new IdempotencyInProgress();
    return open;
  }

  /** @returns undefined while another request under the same key is being answered */
  private async tryToOpen(
    saleId: string,
    owner: SaleOwner,
    input: PaymentInput,
    request: IdempotentRequest | undefined,
  ): Promise<OpenPayment | StoredAnswer | undefined> {
    const now = this.clock.now();
    const look = () => this.settlements.open(saleId, owner, { id: newId(), ...input }, now, request);
    let sale = await look();
    // The statement may have waited for the request that paid, and then sees the sale as it is, but not its record.
    if (request !== undefined && !(sale instanceof StoredAnswer) && sale.status !== 'pending') sale = await look();
    if (sale instanceof StoredAnswer) return sale;
    if (sale.opened !== null) return { sale, id: sale.opened, provider: input.provider, method: input.method };
    const abandoned = abandonedPayment(sale, now);
    if (abandoned !== undefined) return abandoned;
    refuseUnpayable(sale, now);
    if (request === undefined || sale.open_ref !== null) throw new PaymentInProgress();
    return undefined;
  }

  /** The sale was cancelled while the provider took the money: it goes back at once. */
  private async giveBack(open: OpenPayment, reference: string): Promise<never> {
    const { sale, id } = open;
    this.logger.warn({ saleId: sale.id, paymentId: id }, 'A payment came too late for its sale and is given back.');
    await this.refunds.giveBackLatePayment(sale.id, id, reference);
    throw new InvalidTransition('cancelled', 'confirmed');
  }

  private answerOf(
    sale: { readonly id: string; readonly currency: string },
    payment: { readonly id: string; readonly provider: string; readonly method: string },
    amount: string,
    outcome: Pick<ChargeOutcome, 'status'> & { readonly failureCode?: string },
  ): PaymentResponse {
    const { id, provider, method } = payment;
    return {
      id,
      saleId: sale.id,
      saleStatus: outcome.status === 'completed' ? 'confirmed' : 'pending',
      provider,
      method,
      status: outcome.status,
      amount,
      currency: sale.currency,
      failureCode: outcome.failureCode ?? null,
      createdAt: this.clock.now().toISOString(),
    };
  }
}

/** A payment that was opened so long ago that the process which asked the provider must have died. */
function abandonedPayment(sale: PayableSale, now: Date): OpenPayment | undefined {
  const { open_id: id, open_provider: provider, open_method: method, open_since: since } = sale;
  if (id === null || provider === null || method === null || since === null) return undefined;
  if (sale.open_ref !== null || sale.status !== 'pending') return undefined;
  return now.getTime() - since.getTime() > ABANDONED_MS ? { sale, id, provider, method } : undefined;
}

function refuseUnpayable(sale: PayableSale, now: Date): void {
  if (sale.status === 'cancelled') throw new InvalidTransition('cancelled', 'confirmed');
  if (sale.status !== 'pending') throw new AlreadyPaid();
  const expired = sale.expires_at !== null && sale.expires_at <= now;
  if (expired && sale.open_id === null) throw new InvalidTransition('cancelled', 'confirmed');
}
