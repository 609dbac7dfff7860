import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { CONFIG, type Config } from '../../config/config.js';
import { SecretBox } from '../../platform/security/secret-box.js';
import type {
  Charge,
  ChargeOutcome,
  Delivery,
  Finding,
  KnownCharge,
  PaymentProvider,
  ProviderEvent,
  RefundOutcome,
  Reversal,
} from './payment-provider.js';
import { NoAnswer } from './payments.errors.js';
import { chargeMessage, readMessage, refundMessage, type SandboxMessage } from './sandbox-messages.js';
import {
  answerTo,
  completed,
  endOf,
  referenceOf,
  SANDBOX_METHODS,
  SCRIPT_DELAY_MS,
  scriptOf,
} from './sandbox-script.js';
import { secretBytes, sign, verify } from './standard-webhooks.js';

/** Where a secret of one's own is not set, it is derived from `secrets.key` for this. */
const SECRET_PURPOSE = 'tradepost sandbox webhooks';

/**
 * A provider that takes no money: the method says what becomes of the charge. It remembers nothing; what it would know
 * follows from the method and the time, so it tells the same on every replica and after every restart.
 */
@Injectable()
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox';
  readonly available: boolean;
  private readonly logger = new Logger(SandboxProvider.name);
  private receive: ((delivery: Delivery) => Promise<void>) | undefined;

  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.available = sandboxIsOpen(config);
  }

  accepts(method: string): boolean {
    return SANDBOX_METHODS.includes(method);
  }

  /** Names who takes its webhooks: it sends them to this process, signed as if they came from afar. */
  sendWebhooksTo(receive: (delivery: Delivery) => Promise<void>): void {
    this.receive = receive;
  }

  decided(method: string, paymentId: string): ChargeOutcome | undefined {
    return scriptOf(method).becomes === undefined ? answerTo(method, paymentId) : undefined;
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    const { becomes, deliveries = 1 } = scriptOf(charge.method);
    const end = becomes === undefined ? undefined : endOf(charge);
    if (end !== undefined && end.status !== 'absent') this.sendLater(chargeMessage(charge.id, end), deliveries);
    const answer = answerTo(charge.method, charge.id);
    if (answer === undefined) throw new NoAnswer(this.name);
    return answer;
  }

  async find(charge: KnownCharge): Promise<Finding> {
    const over = this.clock.now().getTime() - charge.openedAt.getTime() >= SCRIPT_DELAY_MS;
    const end = over || scriptOf(charge.method).becomes === undefined ? endOf(charge) : undefined;
    return end ?? { status: 'pending', reference: referenceOf(charge.id) };
  }

  async giveUp(charge: KnownCharge): Promise<Finding> {
    if (scriptOf(charge.method).completedWhenGivenUp === true) return completed(charge);
    const found = await this.find(charge);
    return found.status === 'pending' ? { status: 'failed', failureCode: 'cancelled' } : found;
  }

  async refund({ id, method, amount, currency, since }: Reversal): Promise<RefundOutcome> {
    const reference = referenceOf(id);
    const { refund } = scriptOf(method);
    if (refund === undefined) return { status: 'completed', reference };
    if (refund.becomes === undefined) return { status: 'failed', failureCode: 'refund_declined', reference };
    if (this.clock.now().getTime() - since.getTime() < SCRIPT_DELAY_MS) {
      this.sendLater(refundMessage(id, { amount, currency }, refund.becomes), 1);
      return { status: 'pending', reference };
    }
    if (refund.becomes === 'completed') return { status: 'completed', reference };
    return { status: 'failed', failureCode: 'refund_declined', reference };
  }

  readWebhook({ headers, body, receivedAt }: Delivery): ProviderEvent {
    return readMessage(verify(this.secret(), headers, body, receivedAt), body);
  }

  private secret(): Buffer {
    const { SANDBOX_WEBHOOK_SECRET: set } = this.config;
    return set === undefined ? this.box.derive(SECRET_PURPOSE) : secretBytes(set);
  }

  private sendLater(message: SandboxMessage, times: number): void {
    if (times > 0) setTimeout(() => void this.send(message, times), SCRIPT_DELAY_MS).unref();
  }

  /** Should the process end before, or a delivery fail, the shop asks for what became of it. */
  private async send(message: SandboxMessage, times: number): Promise<void> {
    const body = Buffer.from(JSON.stringify(message));
    const receivedAt = new Date();
    const headers = { ...sign(this.secret(), `evt_${newId()}`, receivedAt, body) };
    const deliveries = Array.from({ length: times }, () => this.receive?.({ headers, body, receivedAt }));
    for (const { status, ...rest } of await Promise.allSettled(deliveries)) {
      if (status === 'rejected') this.logger.warn({ err: rest }, 'A webhook of the sandbox was not taken.');
    }
  }
}

/** Whoever takes real money must not let customers pay with play money: then the sandbox has to be asked for. */
function sandboxIsOpen({ SANDBOX_PAYMENTS, STRIPE_SECRET_KEY = '' }: Config): boolean {
  if (SANDBOX_PAYMENTS === 'auto') return !/^[sr]k_live_/.test(STRIPE_SECRET_KEY);
  return SANDBOX_PAYMENTS === 'on';
}
