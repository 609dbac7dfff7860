import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { DomainError } from '../../../common/domain-error.js';
import { TooManyRequests } from '../../../platform/rate-limits/rate-limits.errors.js';
import { RateLimits } from '../../../platform/rate-limits/rate-limits.js';
import { currentOrigin } from '../../../platform/security/request-context.js';
import { AuditApi } from '../../audit/audit.api.js';
import { type Delivery, PaymentsApi, type ProviderEvent } from '../../payments/payments.api.js';
import { NoAnswer, WebhookSignatureInvalid } from '../../payments/payments.errors.js';
import { type EventNews, ProviderNews } from './provider-news.service.js';

/** Good webhooks are never counted, however many; of bad ones, this many of an address are looked at and recorded. */
const FAILURES = { name: 'webhook-failures', limit: 60, windowSeconds: 60 };

/** What a webhook is about cannot be asked for at the moment; the provider delivers it again. */
class ProviderAway extends DomainError {
  constructor(provider: string) {
    super('unavailable', 'payment_provider_away', `${provider} cannot be asked at the moment.`);
  }
}

/** Takes the webhooks of payment providers. */
@Injectable()
export class PaymentWebhooks implements OnModuleInit {
  constructor(
    private readonly providers: PaymentsApi,
    private readonly news: ProviderNews,
    private readonly audit: AuditApi,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.providers.takeSandboxWebhooks((delivery) => this.take('sandbox', delivery));
  }

  /**
   * Takes a webhook, once; what is about nothing of this shop is taken too, so that the provider is done with it.
   * @throws {PaymentProviderNotFound}, {WebhookSignatureInvalid}, {WebhookUnreadable}
   */
  receive(provider: string, headers: Delivery['headers'], body: Buffer): Promise<void> {
    return this.take(provider, { headers, body, receivedAt: new Date() });
  }

  private async take(provider: string, delivery: Delivery): Promise<void> {
    const event = await this.read(provider, delivery);
    const { id, type } = event;
    const news = await this.newsOf(provider, event);
    await this.news.take({ provider, id, type, receivedAt: this.clock.now(), news });
  }

  private async read(provider: string, delivery: Delivery): Promise<ProviderEvent> {
    try {
      return this.providers.readWebhook(provider, delivery);
    } catch (error) {
      if (error instanceof WebhookSignatureInvalid) await this.recordRefusal(provider, error);
      throw error;
    }
  }

  /** A signature that does not hold is either an attack or a wrong secret: both are for those who look after the shop. */
  private async recordRefusal(provider: string, { problems }: WebhookSignatureInvalid): Promise<void> {
    const address = currentOrigin().address ?? 'unknown';
    const { allowed, resetSeconds } = await this.limits.take(FAILURES, [`address:${address}`]);
    if (!allowed) throw new TooManyRequests(resetSeconds);
    const after = { provider, header: problems[0]?.path, reason: problems[0]?.message };
    const action = 'payment.webhook_refused';
    await this.audit.recordRefusal({ action, subjectType: 'payment_provider', subjectId: null, after });
  }

  /** An event that names no refund stands for all of its charge, which the provider is asked for. */
  private async newsOf(provider: string, { news }: ProviderEvent): Promise<EventNews['news']> {
    if (news === undefined) return [];
    if (news.kind !== 'refunds') return [news];
    try {
      return await this.providers.refundsOf(provider, news.charge);
    } catch (error) {
      throw error instanceof NoAnswer ? new ProviderAway(provider) : error;
    }
  }
}
