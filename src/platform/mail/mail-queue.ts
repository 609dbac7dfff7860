import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { MailDispatcher } from './mail-dispatcher.js';
import { MailMessagesRepository } from './mail-messages.repository.js';

/** A mail to owe to somebody. */
export interface MailRequest {
  /** Names its {@link MailWriter}. */
  readonly kind: string;
  /** What the writer needs to know; ids rather than data, and never a secret. */
  readonly about: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
  /** Nobody waits for it, and it takes long to make: it queues behind none but its like, one at a time. */
  readonly patient?: boolean;
}

/** Where modules leave the mails that they owe: queued with their cause, and sent after its commit. */
@Injectable()
export class MailQueue {
  constructor(
    @Inject(MailMessagesRepository) private readonly messages: MailMessagesRepository,
    @Inject(MailDispatcher) private readonly dispatcher: MailDispatcher,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Queues a mail, in the transaction of this context where there is one. */
  async add({ kind, about, expiresAt, patient = false }: MailRequest): Promise<void> {
    const now = this.clock.now();
    const mail = { id: newId(), kind, about, patient, attempts: 0, dueAt: now, expiresAt, createdAt: now };
    await this.messages.insert(mail);
    this.uow.afterCommit(() => this.dispatcher.wake());
  }

  /** Drops the mails that are about a `userId` or an `email`, as `emailKey` writes it, in the transaction of this context. */
  forget(userId: string, emailKey: string): Promise<void> {
    return this.messages.forget(userId, emailKey);
  }
}
