import { Injectable } from '@nestjs/common';
import { isUuid } from '../../../common/ids.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { withinProvider } from '../../../platform/security/request-context.js';
import type { ChargeNews, DisputeNews, RefundNews } from '../../payments/payments.api.js';
import { PaymentDecisionsRepository, type Subject } from './payment-decisions.repository.js';
import { type FollowUp, PaymentDecisions } from './payment-decisions.service.js';
import { PaymentDisputes } from './payment-disputes.service.js';
import { PaymentFollowUps } from './payment-follow-ups.service.js';
import { RefundsTold } from './refund-news.service.js';

type News = ChargeNews | RefundNews | DisputeNews;

/** An event of a provider, and all that it tells: of one charge, its refunds or a dispute of it. */
export interface EventNews {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly receivedAt: Date;
  readonly news: readonly News[];
}

/** Has the effect of what providers tell, once an event: its record stands in the transaction of the effect. */
@Injectable()
export class ProviderNews {
  constructor(
    private readonly payments: PaymentDecisionsRepository,
    private readonly decisions: PaymentDecisions,
    private readonly refunds: RefundsTold,
    private readonly disputes: PaymentDisputes,
    private readonly followUps: PaymentFollowUps,
    private readonly uow: UnitOfWork,
  ) {}

  /** Takes an event in, and gives back what has to go back for it. */
  async take(event: EventNews): Promise<void> {
    const followUps = await withinProvider(() => this.uow.run(() => this.apply(event)));
    for (const followUp of followUps) await this.followUps.carryOut(followUp);
  }

  private async apply({ provider, id, type, receivedAt, news }: EventNews): Promise<FollowUp[]> {
    const subjects: Subject[] = [];
    const known: [News, Subject][] = [];
    for (const one of news) {
      const subject = await this.subjectOf(provider, one);
      if (subject !== undefined) known.push([one, subject]);
      if (subject !== undefined) subjects.push(subject);
    }
    const [first] = subjects;
    // All news of an event are of one charge, and so of one sale.
    if (first !== undefined) await this.payments.holdSale(first.sale_id);
    if (!(await this.payments.recordEvent(provider, id, type, first?.id ?? null, receivedAt))) return [];
    const followUps: FollowUp[] = [];
    for (const [one, subject] of known) {
      if (one.kind === 'charge') followUps.push(await this.decisions.apply(subject.id, one.outcome));
      else if (one.kind === 'refund') await this.refunds.take(subject, provider, one);
      else await this.disputes.take(subject, provider, one);
    }
    return followUps;
  }

  /** The payment, refund or stray charge that is told of; of a refund made at the provider, the payment. */
  private async subjectOf(provider: string, news: News): Promise<Subject | undefined> {
    if (news.kind === 'charge') {
      if (news.paymentId !== undefined && !isUuid(news.paymentId)) return undefined;
      return this.payments.findPayment(provider, news.paymentId, news.reference);
    }
    if (news.kind === 'dispute') return this.payments.findPayment(provider, undefined, news.charge);
    const { refundId, reference, charge } = news;
    if (refundId !== undefined && !isUuid(refundId)) return undefined;
    const refund = await this.payments.findRefund(provider, refundId, reference);
    if (refund !== undefined) return refund;
    const stray = await this.payments.findStray(provider, refundId, reference, charge);
    if (stray !== undefined) return stray;
    // A refund with an id that is none of ours is another shop's on the same account.
    if (refundId !== undefined || charge === undefined) return undefined;
    return this.payments.findPayment(provider, undefined, charge);
  }
}
