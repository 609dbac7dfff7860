import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { writeMail } from '../../platform/mail/letter.js';
import { MailWriters } from '../../platform/mail/mail-writers.js';
import { EMAIL_CHANGED, emailChangedLetter } from './profile.letters.js';

/** Writes the mails about what people change of their accounts. */
@Injectable()
export class ProfileMailsService implements OnModuleInit {
  constructor(
    @Inject(MailWriters) private readonly writers: MailWriters,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const { STORE_NAME: store } = this.config;
    this.writers.register({
      kind: EMAIL_CHANGED,
      write: async ({ email }) =>
        email === undefined ? undefined : writeMail(email, store, emailChangedLetter(store)),
    });
  }
}
