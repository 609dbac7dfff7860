import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { FileMailer } from './file-mailer.js';
import { MailDispatcher } from './mail-dispatcher.js';
import { MailMessagesRepository } from './mail-messages.repository.js';
import { MailQueue } from './mail-queue.js';
import { MailWriters } from './mail-writers.js';
import { Mailer } from './mailer.js';
import { senderOf } from './sender.js';
import { ShopLinks } from './shop-links.js';
import { SmtpMailer } from './smtp-mailer.js';

const mailer = {
  provide: Mailer,
  inject: [CONFIG, Clock],
  useFactory: (config: Config, clock: Clock): Mailer => {
    const from = senderOf(config);
    if (config.SMTP_URL !== undefined) return new SmtpMailer(config.SMTP_URL, from);
    return new FileMailer(join(config.DATA_DIR, 'mail'), from, clock);
  },
};

/** Mails on their way from the transaction that caused them to their readers. */
@Module({
  imports: [JobsModule, ObservabilityModule],
  providers: [mailer, MailMessagesRepository, MailWriters, MailDispatcher, MailQueue, ShopLinks],
  exports: [MailQueue, MailWriters, ShopLinks],
})
export class MailModule {}
