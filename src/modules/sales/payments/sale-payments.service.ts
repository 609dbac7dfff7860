import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { newId } from '../../../common/ids.js';
import { formatMoney } from '../../../common/money.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { IdempotencyInProgress, type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { untilAnswered } from '../../../platform/http/idempotency.repository.js';
import { type ChargeOutcome, PaymentsApi, type Taken } from '../../payments/payments.api.js';
import type { PaymentResponse } from '../dto/payment.response.js';
import type { PaymentInput } from '../dto/place-sale.dto.js';
import { toEventData } from '../sale-mapper.js';
import { AlreadyPaid, InvalidTransition, PaymentInProgress } from '../sales.errors.js';
import type { SaleOwner } from '../sales.repository.js';
import { PaymentOutcomes } from './payment-outcomes.service.js';
import { type PayableSale, SettlementRepository } from './settlement.repository.js';
import { SettlementQueue } from './settlement-queue.service.js';

/** How often whoever waits for a provider says so, and after what silence a payment is taken up by another request. */
const SIGN_OF_LIFE_MS = 2_000;
const ABANDONED_MS = 6_000;
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
  constructor(
    private readonly settlements: SettlementRepository,
    private readonly payments: PaymentsApi,
    private readonly queue: SettlementQueue,
    private readonly outcomes: PaymentOutcomes,
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
    const { sale, id } = open;
    const outcome = await this.ask(open);
    const answer = this.answerOf(sale, open, formatMoney(sale.total, sale.currency), outcome);
    const kept = request === undefined ? undefined : { request, body: JSON.stringify(answer) };
    if (outcome.status !== 'completed') {
      const { status, reference = null } = outcome;
      const failureCode = outcome.status === 'failed' ? outcome.failureCode : null;
      const noted = { status, reference, failureCode };
      if (await this.queue.note(sale.id, id, noted, this.clock.now(), kept)) return answer;
    } else if (isWhole(outcome, sale)) {
      const { reference } = outcome;
      const event = toEventData(sale, 'confirmed');
      const settlement = { saleId: sale.id, paymentId: id, reference, event, actor: 'payment', answer: kept };
      if ((await this.queue.settle(settlement)) !== undefined) return answer;
    }
    return this.decide(open, outcome, request);
  }

  /** Asks the provider. As long as there are signs of life, nobody else takes the payment up. */
  private async ask({ sale, id, provider, method }: OpenPayment): Promise<ChargeOutcome> {
    const sign = (): Promise<void> => this.settlements.signOfLife(id, this.clock.now()).catch(() => undefined);
    const timer = setInterval(() => void sign(), SIGN_OF_LIFE_MS);
    try {
      const { id: saleId, total: amount, currency } = sale;
      return await this.payments.charge(provider, { id, saleId, method, amount, currency });
    } finally {
      clearInterval(timer);
    }
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

  /**
   * The payment was decided meanwhile, by a webhook or the end of the sale, or the provider took another amount than it
   * was asked for.
   * @throws {InvalidTransition} where the sale was cancelled; money that was taken goes back at once
   */
  private async decide(
    open: OpenPayment,
    outcome: ChargeOutcome,
    request: IdempotentRequest | undefined,
  ): Promise<PaymentResponse> {
    const { sale, id } = open;
    await this.outcomes.settle(sale.id, id, outcome);
    const { status, failure_code: failureCode, sale_status: saleStatus } = await this.outcomes.state(id);
    if (saleStatus === 'cancelled') throw new InvalidTransition('cancelled', 'confirmed');
    const amount = formatMoney(sale.total, sale.currency);
    const answer = { ...this.answerOf(sale, open, amount, { status: 'pending' }), status, failureCode, saleStatus };
    await this.outcomes.keep(request, answer);
    return answer;
  }

  private answerOf(
    sale: { readonly id: string; readonly currency: string },
    payment: { readonly id: string; readonly provider: string; readonly method: string },
    amount: string,
    outcome: Pick<ChargeOutcome, 'status'> & { readonly failureCode?: string; readonly clientSecret?: string },
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
      ...(outcome.clientSecret === undefined ? {} : { clientSecret: outcome.clientSecret }),
    };
  }
}

/** Whether a provider took what it was asked for. */
function isWhole({ taken }: { readonly taken?: Taken }, sale: PayableSale): boolean {
  return taken === undefined || (taken.amount === sale.total && taken.currency === sale.currency);
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
